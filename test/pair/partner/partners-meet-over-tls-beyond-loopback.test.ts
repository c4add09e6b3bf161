import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { apiCaller } from '@mailpair/shared/platform/http/api-caller';
import { passTo } from '@mailpair/shared/gateway/pair/pass-to';
import type { PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { eventually, newSecret, useSecret, type RoleName } from '../../support/heartbeat.ts';
import { askHttp } from '../../support/http-ask.ts';
import { openPair, type Pair } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { rejection } from '../../support/rejection.ts';

/** The listeners are on all addresses, which is beyond loopback. All that is sent stays on 127.0.0.1. */
describe('partners meet over TLS beyond loopback', () => {
  const old = newSecret();
  const secret = useSecret(old);
  let pair: Pair;
  const ports: Record<RoleName, number> = { inbound: 0, outbound: 0 };

  before(async () => {
    [ports.inbound, ports.outbound] = (await freePorts(2)) as [number, number];
    pair = await openPair({
      config: {
        ...secret.config,
        'inbound.http': `0.0.0.0:${ports.inbound}`,
        'inbound.url': `https://127.0.0.1:${ports.inbound}`,
        'outbound.http': `[::]:${ports.outbound}`,
        'outbound.url': `https://127.0.0.1:${ports.outbound}`,
      },
    });
  });
  after(() => pair.close());

  const authorityOf = (role: RoleName): string =>
    readFileSync(join(pair.directory, role, 'http-authority.pem'), 'utf8');
  const get = (role: RoleName, path: string) => askHttp({ port: ports[role], path, ca: authorityOf(role) });
  const partnerOf = async (role: RoleName): Promise<PartnerView> => {
    const { text } = await get(role, '/healthz/details');
    return (JSON.parse(text) as { partners: PartnerView[] }).partners[0]!;
  };
  const untilAlive = (role: RoleName): Promise<PartnerView> =>
    eventually(
      () => partnerOf(role),
      ({ state, fault }) => state === 'alive' && fault === null,
    );
  async function reload(role: RoleName): Promise<void> {
    const reloads = pair[role].logged('gateway.reloaded').length;
    pair[role].signal('SIGHUP');
    await pair[role].until(() => pair[role].logged('gateway.reloaded').length > reloads);
  }
  const run = (...argv: readonly string[]): Promise<Said> => mailpair([...argv, '--config', pair.configFile]);
  /** On the host of outbound: inbound's files are not there. */
  const onOutbound = (...argv: readonly string[]): Promise<Said> =>
    run(...argv, '--set', 'inbound.spool=/nowhere/inbound');

  it('by keys that the secret vouches for', async () => {
    await Promise.all([untilAlive('inbound'), untilAlive('outbound')]);
    for (const role of ['inbound', 'outbound'] as const)
      expect(pair[role].logged('heartbeat.refused')).to.deep.equal([]);
  });

  it('and say nothing without TLS, or to who trusts the key of another node', async () => {
    const plain = { port: ports.inbound, path: '/healthz' };
    expect(await rejection(askHttp(plain))).to.be.an('error');
    expect(await rejection(askHttp({ ...plain, ca: authorityOf('outbound') }))).to.be.an('error');
    expect(await pair.inbound.until(({ event }) => event === 'http.refused')).to.include({
      reason: 'tls',
      fault: 'ERR_SSL_HTTP_REQUEST',
    });
  });

  it('and programs of the host ask by what lies in the spool', async () => {
    const { code, out, err } = await run('status');
    expect(code, err).to.equal(0);
    expect(out).to.match(/^inbound mx-in\.example\.com: running$/m);
    expect(out).to.match(/partner outbound mx-out\.example\.com: alive/);
  });

  it('and programs of the other host by a pass, also with a body', async () => {
    const listed = await onOutbound('queue', 'list', '--json');
    expect(listed.code, listed.err).to.equal(0);
    const settings = loadSettings({ file: pair.configFile, env: {}, sets: [] });
    const { address, authorize } = passTo('inbound', settings.inbound.nodes[0]!, settings);
    const learn = (passFor: string, body: object): Promise<unknown> =>
      apiCaller(address, (method, path) => authorize(method, path, passFor)).json(
        'POST',
        '/bayes/examples',
        {},
        { body },
      );
    const none = { examples: [] };
    expect(await learn(JSON.stringify(none), none)).to.deep.equal({ learned: [] });
    expect((await rejection(learn(JSON.stringify(none), { examples: ['x'] }))).message).to.match(
      / says 401: /,
    );
  });

  it('and a gateway that was killed is trusted again, by the new key that it starts with', async () => {
    const keyOf = async (): Promise<string> => {
      const socket = connect({ port: ports.inbound, host: '127.0.0.1', ca: authorityOf('inbound') });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await keyOf();
    await pair.inbound.kill9();
    await pair.inbound.start();
    expect(await keyOf()).not.to.equal(before);
    await Promise.all([untilAlive('inbound'), untilAlive('outbound')]);
  });

  it('and the secret is changed without a gap', async () => {
    const fresh = newSecret();
    const answered = async (role: RoleName): Promise<number> => {
      const { text } = await get(role, '/metrics');
      const line = /^mailpair_heartbeats_total\{direction="sent",result="answered".*\} (\d+)$/m;
      return Number(line.exec(text)?.[1] ?? 0);
    };
    for (const secrets of [[old, fresh], [fresh, old], [fresh]]) {
      secret.write(...secrets);
      for (const role of ['inbound', 'outbound'] as const) {
        await reload(role);
        for (const each of ['inbound', 'outbound'] as const) {
          const sent = await answered(each);
          await eventually(
            () => answered(each),
            (count) => count > sent + 2,
          );
        }
      }
    }
    for (const role of ['inbound', 'outbound'] as const)
      for (const event of ['heartbeat.refused', 'partner.dead'])
        expect(pair[role].logged(event), event).to.deep.equal([]);
  });

  it('and not with another secret, which both say', async () => {
    secret.write(newSecret());
    await reload('inbound');
    const { fault } = await eventually(
      () => partnerOf('inbound'),
      ({ state }) => state === 'dead',
    );
    expect(fault).to.match(
      /^https:\/\/127\.0\.0\.1:\d+: the secret of the pair does not vouch for its certificate; put the same pair\.secretFile/,
    );
  });
});
