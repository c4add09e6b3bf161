import { hostOf, type Role } from '@mailpair/shared/gateway/compose/role';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

const inbound = { name: 'inbound', host: (settings: Settings) => settings.inbound } as unknown as Role;

const two = `inbound:
  host: mx-in.example.com
  http: "0.0.0.0:8025"
  nodes:
    - { host: in1.example.com, addresses: [192.0.2.11] }
    - { host: in2.example.com, addresses: [192.0.2.12], url: "https://10.0.0.2/" }
${minimal('inbound')}`;

function settingsOf(text: string, node?: string): Settings {
  const { settings, faults } = readText(text, { env: node === undefined ? {} : { MAILPAIR_NODE: node } });
  expect(faults).to.deep.equal([]);
  return settings!;
}

describe('the nodes of a role', () => {
  it('are the role itself, when none are named', () => {
    const settings = settingsOf(
      `inbound: { host: mx-in.example.com, addresses: [192.0.2.10] }\n${minimal('inbound')}`,
    );
    expect(settings.inbound.nodes).to.deep.equal([
      {
        ...{ host: 'mx-in.example.com', addresses: ['192.0.2.10'], url: 'http://127.0.0.1:8025' },
        ...{ limits: {}, load: {} },
      },
    ]);
    expect(hostOf(inbound, settings, 'some-machine').host).to.equal('mx-in.example.com');
  });

  it('give the role their addresses, and are reached where they say or where HTTP listens', () => {
    const { addresses, nodes } = settingsOf(two).inbound;
    expect(addresses).to.deep.equal(['192.0.2.11', '192.0.2.12']);
    expect(nodes.map(({ url }) => url)).to.deep.equal(['https://in1.example.com:8025', 'https://10.0.0.2']);
  });

  it('are told apart by the name of the machine, or by the key node', () => {
    expect(hostOf(inbound, settingsOf(two), 'In2.example.com')).to.deep.include({
      host: 'in2.example.com',
      addresses: ['192.0.2.12'],
    });
    expect(hostOf(inbound, settingsOf(two, 'in1.example.com'), 'in2.example.com').host).to.equal(
      'in1.example.com',
    );
  });

  it('are named when this machine is none of them', () => {
    expect(() => hostOf(inbound, settingsOf(two), 'web')).to.throw(
      /web, none of inbound\.nodes \(in1\.example\.com, in2\.example\.com\); set MAILPAIR_NODE/,
    );
  });
});

describeFaults(
  'nodes',
  `
  inbound: { nodes: [in1.example.com] }
  inbound.nodes[0] | in1.example.com | is not a mapping | { host: in1.example.com
  inbound: { nodes: [{ addresses: [192.0.2.1] }] }
  inbound.nodes[0] | {"addresses":["192.0.2.1"]} | has no host | host: in1.example.com
  inbound: { host: mx-in.example.com, nodes: [{ host: in1.example.com }, { host: in1.example.com }] }
  inbound.nodes[1].host | in1.example.com | is the name of inbound.nodes[0].host too | its own name
  inbound: { url: "10.0.0.2:8025" }
  inbound.url | 10.0.0.2:8025 | is not an http or https URL | https://10.0.0.2:8025
  inbound: { url: "https://10.0.0.2:8025/pair" }
  inbound.url | https://10.0.0.2:8025/pair | more than a host and a port | write https://10.0.0.2:8025
  inbound: { url: "http://10.0.0.2:8025" }
  inbound.url | http://10.0.0.2:8025 | in clear text | write https://10.0.0.2:8025
  inbound: { host: x.test, nodes: [{ host: i1.x.test, url: "http://127.0.0.1:1" }, { host: i2.x.test, url: "http://[2001:db8::1]" }] }
  inbound.nodes[1].url | http://[2001:db8::1] | in clear text | write https://[2001:db8::1]
  inbound: { http: "0.0.0.0:8025", url: "http://localhost:8025" }
  inbound.url | http://localhost:8025 | speaks TLS because it is not on loopback | write https://localhost:8025
  http: { allow: [loopbak] }
  http.allow[0] | loopbak | neither a known word nor a network | loopback, partner
  http: { alow: [] }
  http.alow | [] | is an unknown key | write http.allow
  node: mx.example.com
  node | mx.example.com | is the name of no node | mx-in.example.com, mx-out.example.com
  `,
);
