import { hostOf, settingsOfHost, type Role } from '@mailpair/shared/gateway/compose/role';
import { digestOf } from '@mailpair/shared/gateway/pair/configuration-digest';
import { planBalancer } from '@mailpair/planner/balancers/balancer-plan';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

const roles = {
  inbound: { name: 'inbound', host: ({ inbound }: Settings) => inbound } as unknown as Role,
  outbound: { name: 'outbound', host: ({ outbound }: Settings) => outbound } as unknown as Role,
};

const text = `
limits: { connections: 1000, errors: 7 }
load: { budget: 0.7 }
inbound:
  host: mx-in.example.com
  limits: { connections: 4000, memoryForMessages: 512MB }
  load: { budget: 0.85 }
  nodes:
    - { host: in1.example.com, addresses: [192.0.2.11] }
    - { host: in2.example.com, addresses: [192.0.2.12], limits: { connections: 500 }, load: { limit: 0.9 } }
outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24], limits: { connections: 200 } }
${minimal('inbound', 'outbound')}`;

function settingsOf(env: NodeJS.ProcessEnv = {}): Settings {
  const { settings, faults } = readText(text, { env });
  expect(faults).to.deep.equal([]);
  return settings!;
}

describe('limits', () => {
  it('of a node come before those of its role, and these before those of the pair', () => {
    const settings = settingsOf();
    const small = settingsOfHost(roles.inbound, settings, 'in2.example.com');
    expect(small.limits).to.include({ connections: 500, memoryForMessagesBytes: 512 * 2 ** 20, errors: 7 });
    expect(small.load).to.deep.equal({ budget: 0.85, limit: 0.9, shed: true, submissionWaitMs: 200 });
    const large = settingsOfHost(roles.inbound, settings, 'in1.example.com');
    expect(large.limits).to.include({ connections: 4000, errors: 7 });
    expect(large.load).to.deep.equal({ budget: 0.85, limit: 0.95, shed: true, submissionWaitMs: 200 });
    const outbound = settingsOfHost(roles.outbound, settings, 'anything');
    expect(outbound.limits).to.include({ connections: 200, memoryForMessagesBytes: 128 * 2 ** 20 });
    expect(outbound.load).to.include({ budget: 0.7 });
    expect(hostOf(roles.outbound, settings, 'anything').host).to.equal('mx-out.example.com');
  });

  it('of a role can be set by the environment', () => {
    const settings = settingsOf({ MAILPAIR_OUTBOUND_LIMITS_CONNECTIONS: '50' });
    expect(settingsOfHost(roles.outbound, settings, 'anything').limits.connections).to.equal(50);
  });

  it('that differ between hosts are no difference of the configuration, for all hosts have the same file', () => {
    const key = Buffer.alloc(32);
    const [inbound, outbound] = [settingsOf(), settingsOf()];
    expect(digestOf(inbound.keys, key)).to.deep.equal(digestOf(outbound.keys, key));
    const { settings: other } = readText(text.replace('connections: 500', 'connections: 501'));
    expect(digestOf(other!.keys, key)['inbound.nodes']).not.to.equal(
      digestOf(inbound.keys, key)['inbound.nodes'],
    );
  });

  it('of each node are told to load balancers', () => {
    expect(
      planBalancer(settingsOf(), 'inbound', 'proxied').nodes.map(({ connections }) => connections),
    ).to.deep.equal([4000, 500]);
  });
});

describeFaults(
  'limits of a role and of a node',
  `
  inbound: { limits: { conections: 5 } }
  inbound.limits.conections | 5 | is an unknown key | inbound.limits.connections
  outbound: { trusted: [10.0.0.1], limits: { connections: 0 } }
  outbound.limits.connections | 0 | is not a whole number from 1 to 1000000 | write a whole number
  inbound: { host: mx-in.example.com, nodes: [{ host: in1.example.com, limits: 5 }] }
  inbound.nodes[0].limits | 5 | is not a mapping | write { connections: 200 }
  inbound: { host: mx-in.example.com, nodes: [{ host: in1.example.com, limits: { memoryForMessages: 5 } }] }
  inbound.nodes[0].limits.memoryForMessages | 5 | is a size without a unit | write 5MB
  inbound: { load: { budget: 0.96 } }
  inbound.load.limit | 0.95 | is not above inbound.load.budget | write more than 0.96
  inbound: { host: mx-in.example.com, nodes: [{ host: in1.example.com, load: { limit: 0.5 } }] }
  inbound.nodes[0].load.limit | 0.5 | is not above inbound.nodes[0].load.budget | more than 0.8
  `,
);
