import { isIPv4 } from 'node:net';
import { chooseAddresses, isDead } from '@mailpair/planner/dns-rr/choose';
import type { NodeState } from '@mailpair/planner/dns-rr/choose';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

type Alive = boolean | null;

const node = (weight: number, addresses: Readonly<Record<string, Alive>>): NodeState => ({
  weight,
  addresses: Object.entries(addresses).map(([address, alive]) => ({
    address,
    health: { alive, against: 0 },
  })),
});

const all = (nodes: readonly NodeState[]): string[] =>
  nodes.flatMap(({ addresses }) => addresses.map(({ address }) => address));

/** One to six nodes, each with an IPv4 address, an IPv6 address or both. */
const someNodes = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 5, max: 100 }),
      v4: fc.constantFrom<Alive>(true, true, false, null),
      v6: fc.constantFrom<Alive>(true, true, false, null),
      has: fc.constantFrom('v4', 'v6', 'both'),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) =>
    list.map(({ weight, v4, v6, has }, index) =>
      node(weight / 100, {
        ...(has !== 'v6' && { [`192.0.2.${index + 1}`]: v4 }),
        ...(has !== 'v4' && { [`2001:db8::${index + 1}`]: v6 }),
      }),
    ),
  );

describe('the choice of addresses', () => {
  it('leaves a dead node out and keeps the others', () => {
    const nodes = [
      node(1, { '192.0.2.1': true }),
      node(1, { '192.0.2.2': false }),
      node(1, { '192.0.2.3': true }),
    ];
    for (let slot = 0; slot < 20; slot += 1)
      expect(chooseAddresses(nodes, slot, 1)).to.deep.equal(['192.0.2.1', '192.0.2.3']);
  });

  it('leaves out the dead address of a node that is alive at another', () => {
    const nodes = [node(1, { '192.0.2.1': true, '2001:db8::1': false })];
    expect(chooseAddresses(nodes, 0, 1)).to.deep.equal(['192.0.2.1']);
  });

  it('keeps an address that cannot be judged from here with a node that is alive', () => {
    const nodes = [node(1, { '192.0.2.1': true, '2001:db8::1': null })];
    expect(chooseAddresses(nodes, 0, 1)).to.deep.equal(['192.0.2.1', '2001:db8::1']);
  });

  it('publishes all when all look dead', () => {
    const nodes = [node(1, { '192.0.2.1': false, '2001:db8::1': null }), node(0.1, { '192.0.2.2': false })];
    expect(chooseAddresses(nodes, 0, 1)).to.deep.equal(['192.0.2.1', '2001:db8::1', '192.0.2.2']);
  });

  it('is, whatever the nodes and the slot: never empty, never below the floor, never a choice of the dead', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(10_000), fc.integer({ min: 1, max: 4 }), (nodes, slot, floor) => {
        const chosen = chooseAddresses(nodes, slot, floor);
        expect(chosen).to.not.be.empty;
        expect(new Set(chosen).size).to.equal(chosen.length);
        const present = nodes.filter(({ addresses }) =>
          addresses.some(({ address }) => chosen.includes(address)),
        );
        expect(present.length).to.be.at.least(Math.min(floor, nodes.length));
        const living = nodes.filter((each) => !isDead(each));
        if (living.length >= floor && living.length > 0)
          for (const dead of nodes.filter(isDead)) expect(chosen).to.not.include.members(all([dead]));
      }),
    );
  });

  it('leaves neither family without an address while one of it is alive', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(10_000), (nodes, slot) => {
        const chosen = chooseAddresses(nodes, slot, 1);
        for (const isOfFamily of [isIPv4, (address: string) => !isIPv4(address)]) {
          const alive = nodes.flatMap(({ addresses }) =>
            addresses.filter(({ address, health }) => health.alive === true && isOfFamily(address)),
          );
          if (alive.length > 0) expect(chosen.some(isOfFamily)).to.equal(true);
        }
      }),
    );
  });
});
