import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeAgentLine } from '@mailpair/shared/gateway/pair/agent-line';
import type { Load } from '@mailpair/shared/gateway/pair/load';
import { as3Schema } from '../../support/as3-schema.ts';
import { balancedPairs } from '../../support/balanced-pairs.ts';
import { printedBalancer } from '../../support/printed-balancer.ts';

interface Declared {
  readonly [name: string]: unknown;
}

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);
const isValid = ajv.compile(as3Schema);

const pair = balancedPairs.find(({ name }) => name === '3 nodes with IPv4 and IPv6')!.settings;

/** The objects of the application, by name. */
const objectsOf = (out: string, role: string): Readonly<Record<string, Declared>> =>
  (JSON.parse(out) as Record<string, { mail: Record<string, Declared> }>)[`mailpair_${role}`]!.mail;

describe('mailpair balancer f5', () => {
  for (const { name, settings } of balancedPairs)
    for (const role of ['inbound', 'outbound'])
      it(`keeps to the schema of AS3 for ${name}, ${role}`, async () => {
        const { code, out } = await printedBalancer(settings, 'f5', '--role', role);
        expect(code).to.equal(0);
        isValid(JSON.parse(out));
        expect(isValid.errors ?? []).to.deep.equal([]);
      });

  it('would not keep to it with a fault in it', async () => {
    const { out } = await printedBalancer(pair, 'f5');
    for (const [right, wrong] of [
      ['persistenceMethods', 'persistence'],
      ['weighted-least', 'waited-least'],
      ['"192.0.2.10"', '"192.0.2.256"'],
    ] as const)
      expect(isValid(JSON.parse(out.replace(right, wrong))), wrong).to.equal(false);
  });

  it('leads every address and port of the role to all its nodes, by their size', async () => {
    const { out, err } = await printedBalancer(pair, 'f5', '--role', 'outbound');
    expect(err).to.equal('');
    const objects = objectsOf(out, 'outbound');
    const services = Object.values(objects).filter((each) => each['class'] === 'Service_TCP');
    expect(services.map(({ virtualPort }) => virtualPort)).to.deep.equal([25, 587, 465]);
    for (const { virtualAddresses, pool, iRules } of services) {
      expect(virtualAddresses).to.deep.equal(['192.0.2.20', '2001:db8::20']);
      expect(iRules).to.deep.equal(['proxy_header']);
      const { members } = objects[pool as string] as { readonly members?: readonly Declared[] };
      expect(
        members!.map(({ serverAddresses, connectionLimit }) => [serverAddresses, connectionLimit]),
      ).to.deep.equal([
        [['192.0.2.21'], 400],
        [['192.0.2.22'], 800],
        [['192.0.2.23'], 1200],
      ]);
    }
    expect(objects['proxy_header']!['iRule']).to.include('TCP::respond $header');
  });

  it('asks the agent, else /readyz, else the greeting, and says what that lacks', async () => {
    const { inbound } = pair;
    const withoutAgent = { ...pair, inbound: { ...inbound, agent: 'none' } };
    const withoutBoth = { ...pair, inbound: { ...inbound, agent: 'none', http: '127.0.0.1:8025' } };
    const monitorOf = async (settings: unknown): Promise<Declared> =>
      objectsOf((await printedBalancer(settings, 'f5')).out, 'inbound')['health']!;
    expect(await monitorOf(pair)).to.include({ monitorType: 'tcp', targetPort: 7025, receive: 'up ready' });
    expect(await monitorOf(withoutAgent)).to.include({ monitorType: 'https', targetPort: 8025 });
    expect(await monitorOf(withoutBoth)).to.include({ monitorType: 'tcp', receive: '^220' });
    expect((await printedBalancer(withoutAgent, 'f5')).err).to.equal('');
    expect((await printedBalancer(withoutBoth, 'f5')).err).to.match(
      /^inbound\.agent: not set, so BIG-IP checks/m,
    );
  });

  it('understands what the agent says', async () => {
    const monitor = objectsOf((await printedBalancer(pair, 'f5')).out, 'inbound')['health']!;
    const [up, away] = [monitor['receive'], monitor['receiveDown']].map((text) => new RegExp(text as string));
    const well = {
      draining: false,
      isFull: false,
      notReady: [],
      load: { load: 0.4, parts: {} } as unknown as Load,
    };
    const seen = (line: string) => [up!.test(line), away!.test(line)];
    expect(seen(composeAgentLine(well))).to.deep.equal([true, false]);
    expect(seen(composeAgentLine({ ...well, draining: true }))).to.deep.equal([false, true]);
    expect(seen(composeAgentLine({ ...well, notReady: ['disk full'] }))).to.deep.equal([false, true]);
  });

  it('disables a node that is to be drained', async () => {
    const { out } = await printedBalancer(pair, 'f5', '--drain', 'in2.example.com');
    const { members } = objectsOf(out, 'inbound')['mx_25_nodes'] as {
      readonly members?: readonly Declared[];
    };
    expect(members!.map(({ adminState }) => adminState)).to.deep.equal([undefined, 'disable', undefined]);
  });

  it('looks a node without addresses up by its name', async () => {
    const nodes = [{ host: 'in1.example.com' }, { host: 'in2.example.com' }];
    const { out } = await printedBalancer({ ...pair, inbound: { ...pair.inbound, nodes } }, 'f5');
    isValid(JSON.parse(out));
    expect(isValid.errors ?? []).to.deep.equal([]);
    expect(out).to.include('"hostname": "in2.example.com"');
  });

  it("needs addresses that are no node's own", async () => {
    const addresses = ['192.0.2.11'];
    const { code, err } = await printedBalancer({ ...pair, inbound: { ...pair.inbound, addresses } }, 'f5');
    expect(code).to.equal(2);
    expect(err).to.include('inbound.addresses names no address besides');
  });
});
