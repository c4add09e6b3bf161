import { planDns, policiesToServe } from '@mailpair/planner/plan';
import { noPublicKeys, type PublicKeys } from '@mailpair/planner/public-keys';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, publishOf, roleOf } from './pairs.ts';
import { namesOfType, textAt, valuesAt } from './planned.ts';
import { codesAfter, codesOf, INBOUND, OUTBOUND, verifyIn } from './verify/published.ts';

const ADDRESS = '192.0.2.10';
const roles = {
  inbound: roleOf(INBOUND, ADDRESS),
  outbound: {
    ...roleOf(OUTBOUND, ADDRESS),
    listen: { submission: [{ port: 587 }, { port: 465 }, { port: 587 }] },
  },
};

const certified = (...names: readonly string[]): PublicKeys => ({
  ...noPublicKeys,
  hosts: names.map((name, i) => ({
    file: `/etc/mailpair/${name}.crt`,
    digest: String(i).repeat(64),
    covers: (asked) => asked === name,
    selfSigned: false,
  })),
});

describe('the DNS plan of a pair at one address', () => {
  const plan = planDns(pairOf(roles));

  it('has one MX, and names for both roles that lead to the address', () => {
    expect(valuesAt(plan, 'example.com', 'MX')).to.deep.equal([{ preference: 10, exchange: INBOUND }]);
    for (const name of [INBOUND, OUTBOUND]) expect(valuesAt(plan, name, 'A')).to.deep.equal([ADDRESS]);
    expect(textAt(plan, 'example.com')).to.equal(`v=spf1 ip4:${ADDRESS} ~all`);
    const [policy] = policiesToServe(pairOf(roles));
    expect(policy?.text.match(/^mx: .*$/gm)).to.deep.equal([`mx: ${INBOUND}`]);
  });

  it('gives the address the name by which most mail leaves', () => {
    expect(plan.ptr).to.deep.equal([{ address: ADDRESS, name: OUTBOUND }]);
    expect(plan.notes.join('\n')).not.to.include('its PTR record can name one only');
  });

  it('says what a router must forward', () => {
    const notes = plan.notes.join('\n');
    expect(notes).to.include(`${ADDRESS} is the address of both roles, so ${INBOUND} is the only MX`);
    expect(notes).to.match(/must forward TCP port 25 to a balancer .*and ports 587 and 465 to outbound/);
  });

  it('pins the keys of both gateways to the MX, and none while one of them is not known', () => {
    const planned = (keys: PublicKeys) => planDns(pairOf({ ...roles, publish: publishOf() }), keys);
    const both = planned(certified(INBOUND, OUTBOUND));
    expect(namesOfType(both, 'TLSA')).to.deep.equal([`_25._tcp.${INBOUND}`]);
    expect(valuesAt(both, `_25._tcp.${INBOUND}`, 'TLSA')).to.have.length(2);
    expect(namesOfType(planned(certified(INBOUND)), 'TLSA')).to.deep.equal([]);
  });

  it('is left alone when the roles share only some addresses', () => {
    const outbound = roleOf(OUTBOUND, ADDRESS, '192.0.2.20');
    expect(valuesAt(planDns(pairOf({ ...roles, outbound })), 'example.com', 'MX')).to.have.length(2);
  });
});

describe('dns verify of a pair at one address', () => {
  const greets = (name: string) => (world: Parameters<Parameters<typeof verifyIn>[0]>[0]) =>
    world.door(INBOUND, (usual) => ({ ...usual, greeting: { code: 220, text: `${name} ESMTP` } }));

  for (const name of [INBOUND, OUTBOUND])
    it(`finds nothing when ${name} answers there`, async () => {
      expect(codesOf(await verifyIn(greets(name), { pair: roles }))).to.deep.equal([]);
    });

  it('names another server that answers there', async () => {
    expect(await codesAfter(greets('router.example.net'), { pair: roles })).to.deep.equal([
      'fault greeting-name',
    ]);
  });

  it('names the second MX that is still published', async () => {
    const found = await codesAfter(
      (world) => world.add('example.com', 'MX', { preference: 20, exchange: OUTBOUND }),
      { pair: roles },
    );
    expect(found).to.include('fault mx-same-address').and.not.include('fault mx-foreign');
  });
});
