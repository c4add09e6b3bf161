import {
  agreedNodes,
  aliveByAll,
  keptForOthers,
  leads,
  loadByOthers,
  sightingsOf,
} from '@mailpair/planner/dns-rr/agreement';
import { chooseAddresses, couldBeChosen, type NodeState } from '@mailpair/planner/dns-rr/choose';
import type { Sighting, View } from '@mailpair/planner/dns-rr/view';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const view = (by: string, seen: Readonly<Record<string, Sighting['as']>>, since = 100): View => ({
  by,
  since,
  at: since,
  validSeconds: 180,
  sightings: new Map(Object.entries(seen).map(([address, as]) => [address, { as, load: null }])),
});
const FIRST = '192.0.2.1';

describe('what updaters hold of an address together', () => {
  for (const [own, isDraining, others, alive] of [
    [true, false, ['down'], true],
    [false, false, ['up'], true],
    [false, false, ['down', 'up'], true],
    [false, false, ['down'], false],
    [null, false, ['down'], false],
    [null, false, ['up'], true],
    [null, false, [], null],
    [true, true, ['up'], false],
    [true, false, ['up', 'draining'], false],
  ] as const)
    it(`is ${alive}, for ${own}${isDraining ? ' and draining' : ''} here and ${others.join(', ') || 'nothing'} elsewhere`, () => {
      const views = others.map((as, index) => view(`ns${index}/a`, { [FIRST]: as }));
      expect(aliveByAll(FIRST, own, isDraining, views)).to.equal(alive);
    });

  it('is written by each as it sees it, and not at all where it cannot judge', () => {
    const node = (address: string, alive: boolean | null, draining = false) => ({
      addresses: [{ address, health: { alive, against: 0 } }],
      draining,
      load: 0.3,
      isLoadKnown: alive !== false,
    });
    const nodes = [
      node(FIRST, true),
      node('192.0.2.2', false),
      node('192.0.2.3', null),
      node('192.0.2.4', true, true),
    ];
    expect(sightingsOf(nodes)).to.deep.equal(
      new Map<string, Sighting>([
        [FIRST, { as: 'up', load: 0.3 }],
        ['192.0.2.2', { as: 'down', load: null }],
        ['192.0.2.4', { as: 'draining', load: 0.3 }],
      ]),
    );
    const agreed = agreedNodes(
      nodes.map((each) => ({ ...each, weight: 1 })),
      [view('ns2/b', { '192.0.2.2': 'up', [FIRST]: 'down' })],
    );
    expect(agreed.map(({ addresses }) => addresses[0]!.health.alive)).to.deep.equal([
      true,
      true,
      null,
      false,
    ]);
  });

  it('keeps an address that only the configuration of another one knows, as long as it stands there', () => {
    const others = [view('ns2/b', { '192.0.2.9': 'up', '192.0.2.8': 'down', '192.0.2.7': 'up' })];
    const standing = [FIRST, '192.0.2.9', '192.0.2.8'];
    expect(keptForOthers(standing, [FIRST], others)).to.deep.equal(['192.0.2.9']);
  });

  it('counts the load that others state', () => {
    const sees = (load: number | null): View => ({
      ...view('ns2/b', {}),
      sightings: new Map([[FIRST, { as: 'up', load }]]),
    });
    expect(loadByOthers([FIRST], [sees(0.2), sees(0.4), sees(null)])).to.be.closeTo(0.3, 1e-9);
    expect(loadByOthers([FIRST], [sees(null)])).to.equal(null);
  });
});

describe('the updater that chooses by load', () => {
  it('is exactly one of them, whoever asks', () => {
    const some = fc.uniqueArray(
      fc.record({ by: fc.stringMatching(/^[a-c]{1,3}\/[a-c]{1,3}$/), since: fc.nat(3) }),
      { selector: ({ by }) => by, minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(some, (updaters) => {
        const views = updaters.map(({ by, since }) => view(by, {}, since));
        const leaders = views.filter((own) =>
          leads(
            own,
            views.filter((other) => other !== own),
          ),
        );
        expect(leaders).to.have.length(1);
        expect(leaders[0]!.since).to.equal(Math.min(...views.map(({ since }) => since)));
      }),
    );
  });
});

describe('a set that another updater may have chosen', () => {
  const someNodes = fc
    .array(
      fc.record({
        weight: fc.integer({ min: 5, max: 100 }),
        v4: fc.constantFrom(true, true, false, null),
        v6: fc.constantFrom(true, true, false, null),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((list) =>
      list.map(({ weight, v4, v6 }, index): NodeState => ({
        weight: weight / 100,
        addresses: [
          { address: `192.0.2.${index + 1}`, health: { alive: v4, against: 0 } },
          { address: `2001:db8::${index + 1}`, health: { alive: v6, against: 0 } },
        ],
      })),
    );

  it('is each that it chooses, whatever loads it knows', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(1000), fc.integer({ min: 1, max: 3 }), (nodes, slot, floor) => {
        const byOthers = nodes.map((node, index) => ({ ...node, weight: ((index * 7) % 5) + 1 }));
        expect(couldBeChosen(nodes, chooseAddresses(byOthers, slot, floor), floor)).to.equal(true);
      }),
    );
  });

  const node = (address: string, alive: boolean): NodeState => ({
    weight: 1,
    addresses: [{ address, health: { alive, against: 0 } }],
  });
  const nodes = [node(FIRST, true), node('192.0.2.2', true), node('192.0.2.3', false)];

  for (const [what, addresses, floor] of [
    ['with a dead address', [FIRST, '192.0.2.3'], 1],
    ['with an address of nobody', [FIRST, '198.51.100.1'], 1],
    ['without any', [], 1],
    ['below the floor', [FIRST], 2],
  ] as const)
    it(`is none ${what}`, () => {
      expect(couldBeChosen(nodes, addresses, floor)).to.equal(false);
    });
});
