import { describe, it } from 'mocha';
import { expect } from 'chai';
import { routeFor } from '@mailpair/shared/smtp/route/route';
import type { Route, RoutingSettings } from '@mailpair/shared/smtp/route/route';
import type { RouteSettings } from '@mailpair/shared/config/schema/routes';

const local = (host: string) =>
  ({ host, port: 25, weight: 1, tls: 'opportunistic', implicitTls: false }) as const;
const via = (host: string): RouteSettings => ({ host, port: 25, tls: 'encrypt', implicitTls: false });

const settings: RoutingSettings = {
  domains: [
    { name: 'example.com', localServers: [local('mail1.internal')], verify: { by: 'none' } },
    { name: 'example.org', localServers: [local('mail2.internal')], verify: { by: 'none' } },
  ],
  routes: new Map([
    ['example.com', via('never.example')],
    ['example.net', via('exact.example')],
    ['.example.net', via('below.example')],
    ['.deep.example.net', via('deeper.example')],
    ['smart.example', { ...via('smart.example'), auth: { user: 'us', passwordFile: '/etc/mailpair/smart' } }],
  ]),
  send: { tls: 'opportunistic' },
};

const noPasswords = (): string => expect.fail('no password is needed');
const route = (domain: string, changed: Partial<RoutingSettings> = {}): Route =>
  routeFor(domain, { ...settings, ...changed }, noPasswords);
const hostFor = (domain: string): string | undefined => {
  const found = route(domain);
  return found.kind === 'static' ? found.hop.host : undefined;
};

describe('The route of a domain', () => {
  it('leads a hosted domain to its local servers, whatever the routes say', () => {
    expect(route('Example.COM.')).to.deep.equal({
      kind: 'local',
      domain: 'example.com',
      servers: [local('mail1.internal')],
    });
    const catchAll = { routes: new Map([['*', via('all.example')]]) };
    expect(route('example.org', catchAll).kind).to.equal('local');
  });

  it('does not take a subdomain of a hosted domain for hosted', () => {
    expect(route('sub.example.com').kind).to.equal('mx');
  });

  it('leads postmaster without a domain to the first hosted domain', () => {
    expect(route('')).to.include({ kind: 'local', domain: 'example.com' });
  });

  it('is the static one of the domain, else of the nearest parent', () => {
    expect(hostFor('example.net')).to.equal('exact.example');
    expect(hostFor('a.example.net')).to.equal('below.example');
    expect(hostFor('a.b.example.net')).to.equal('below.example');
    expect(hostFor('deep.example.net')).to.equal('below.example');
    expect(hostFor('a.deep.example.net')).to.equal('deeper.example');
    expect(hostFor('myexample.net')).to.equal(undefined);
  });

  it('is that of * for every other domain that is not hosted', () => {
    const changed = { routes: new Map([...settings.routes, ['*', via('all.example')]]) };
    expect(route('elsewhere.example', changed)).to.have.nested.property('hop.host', 'all.example');
    expect(route('[192.0.2.1]', changed)).to.have.nested.property('hop.host', 'all.example');
    expect(route('a.example.net', changed)).to.have.nested.property('hop.host', 'below.example');
  });

  it('carries the next hop as it is configured, its password from the file', () => {
    expect(routeFor('smart.example', settings, (file) => `what is in ${file}`)).to.deep.equal({
      kind: 'static',
      hop: {
        host: 'smart.example',
        port: 25,
        tls: 'encrypt',
        implicitTls: false,
        auth: { user: 'us', password: 'what is in /etc/mailpair/smart' },
      },
    });
  });

  it('is by MX for all others, with the TLS level of sending', () => {
    expect(route('Bücher.example')).to.deep.equal({
      kind: 'mx',
      domain: 'xn--bcher-kva.example',
      tls: 'opportunistic',
    });
  });
});
