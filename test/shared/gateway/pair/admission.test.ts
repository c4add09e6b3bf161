import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  admit,
  hasRoom,
  nextDoor,
  roomLeft,
  sessionsAtTheDoor,
  shedProbability,
  type Door,
  type DoorFacts,
  type Partner,
} from '@mailpair/shared/gateway/pair/admission';

const rules = { budget: 0.8, limit: 0.95, shed: true };
const able: Partner = { state: 'alive', draining: false, headroom: 0.5, sheds: false, answered: {} };
const unable: [string, Partner][] = [
  ['dead', { ...able, state: 'dead' }],
  ['suspect', { ...able, state: 'suspect' }],
  ['not heard of', { ...able, state: 'unknown' }],
  ['draining', { ...able, draining: true }],
  ['full', { ...able, headroom: 0 }],
  ['shedding itself', { ...able, sheds: true }],
];

/** Doors one after the other as the load goes, with a partner that has room. */
function doorsAt(loads: readonly number[], facts: Partial<DoorFacts> = {}): Door[] {
  let door: Door = 'open';
  return loads.map(
    (load) => (door = nextDoor(door, { load, urgent: load, partners: [able], crowd: 0, ...facts }, rules)),
  );
}

const load = fc.double({ min: 0, max: 1.2, noNaN: true });
const anyDoor = fc.constantFrom<Door>('open', 'shedding', 'shut');
const anyPartner: fc.Arbitrary<Partner> = fc.record({
  state: fc.constantFrom('unknown', 'alive', 'suspect', 'dead'),
  draining: fc.boolean(),
  headroom: fc.double({ min: 0, max: 1, noNaN: true }),
  sheds: fc.boolean(),
  answered: fc.constant({}),
});

describe('the door', () => {
  it('is shut at the last MX when no more may wait, and opens when half of them are left', () => {
    const facts = (crowd: number) => ({ load: 1, urgent: 1, partners: [], crowd });
    expect(nextDoor('open', facts(0.99), rules)).to.equal('open');
    expect(nextDoor('open', facts(1), rules)).to.equal('shut');
    expect(nextDoor('shut', facts(0.5), rules)).to.equal('shut');
    expect(nextDoor('shut', facts(0.49), rules)).to.equal('open');
    expect(nextDoor('open', facts(1), { ...rules, shed: false })).to.equal('open');
  });

  it('is open up to the budget, sheds above it and is shut past the limit', () => {
    expect(doorsAt([0, 0.79, 0.8, 0.94, 0.95])).to.deep.equal([
      'open',
      'open',
      'shedding',
      'shedding',
      'shut',
    ]);
  });

  it('sheds until the load is well below the budget', () => {
    expect(doorsAt([0.8, 0.75, 0.71, 0.69, 0.75])).to.deep.equal([
      'shedding',
      'shedding',
      'shedding',
      'open',
      'open',
    ]);
  });

  it('stays shut until the load is well below the limit', () => {
    expect(doorsAt([0.95, 0.9, 0.86, 0.84, 0.9])).to.deep.equal([
      'shut',
      'shut',
      'shut',
      'shedding',
      'shedding',
    ]);
  });

  it('is not shut for a load that is no emergency', () => {
    expect(doorsAt([1], { urgent: 0.5 })).to.deep.equal(['shedding']);
  });

  for (const [what, partner] of unable)
    it(`is open whatever the load while the partner is ${what}`, () => {
      expect(doorsAt([0.9, 1.2], { partners: [partner], crowd: 0 })).to.deep.equal(['open', 'open']);
      expect(nextDoor('shut', { load: 1.2, urgent: 1.2, partners: [partner], crowd: 0 }, rules)).to.equal(
        'open',
      );
    });

  it('is open without partners, and where shedding is turned off', () => {
    expect(doorsAt([1.2], { partners: [], crowd: 0 })).to.deep.equal(['open']);
    const facts = { load: 1.2, urgent: 1.2, partners: [able], crowd: 0 };
    expect(nextDoor('shut', facts, { ...rules, shed: false })).to.equal('open');
  });

  it('sheds when any of several partners has room', () => {
    const partners = [...unable.map(([, partner]) => partner), able];
    expect(doorsAt([0.9], { partners })).to.deep.equal(['shedding']);
  });

  it('is never but open when no partner has room', () => {
    fc.assert(
      fc.property(
        anyDoor,
        load,
        load,
        fc.array(anyPartner, { maxLength: 3 }),
        (door, now, urgent, partners) => {
          const next = nextDoor(door, { load: now, urgent, partners, crowd: 0 }, rules);
          if (!partners.some(hasRoom)) expect(next).to.equal('open');
          if (urgent >= rules.limit && partners.some(hasRoom)) expect(next).to.equal('shut');
        },
      ),
    );
  });

  it('does not change when nothing changed', () => {
    fc.assert(
      fc.property(
        anyDoor,
        load,
        load,
        fc.array(anyPartner, { maxLength: 2 }),
        (door, now, urgent, partners) => {
          const facts = { load: now, urgent, partners, crowd: 0 };
          const next = nextDoor(door, facts, rules);
          expect(nextDoor(next, facts, rules)).to.equal(next);
        },
      ),
    );
  });

  it('leaves at most one of two gateways shedding, when each knows of the other', () => {
    fc.assert(
      fc.property(load, load, (mine, theirs) => {
        const view = (of: number, door: Door): Partner => ({
          ...able,
          headroom: roomLeft(of, rules),
          sheds: door !== 'open',
        });
        let doors: [Door, Door] = ['open', 'open'];
        for (let beat = 0; beat < 3; beat += 1) {
          const first = nextDoor(
            doors[0],
            { load: mine, urgent: mine, partners: [view(theirs, doors[1])], crowd: 0 },
            rules,
          );
          const second = nextDoor(
            doors[1],
            { load: theirs, urgent: theirs, partners: [view(mine, first)], crowd: 0 },
            rules,
          );
          doors = [first, second];
        }
        expect(doors).to.include('open');
      }),
    );
  });
});

describe('open sessions at the door', () => {
  const doorsWith = (sessions: readonly number[]): Door[] =>
    doorsAt(sessions.map((share) => sessionsAtTheDoor(share, rules)));

  it('send nobody away until they are near the limit', () => {
    expect(doorsWith([0.8, 0.85, 0.89])).to.deep.equal(['open', 'open', 'open']);
    expect(doorsWith([0.91, 0.94, 0.96])).to.deep.equal(['shedding', 'shedding', 'shut']);
  });

  it('are for known clients alone just before the limit', () => {
    const chance = (isKnown: boolean): number =>
      shedProbability('shedding', { isKnown, load: sessionsAtTheDoor(0.925, rules) }, rules);
    expect(chance(false)).to.be.closeTo(1, 1e-9);
    expect(chance(true)).to.be.closeTo(0, 1e-9);
  });

  it('count more the more there are, whatever budget and limit', () => {
    const anyRules = fc
      .tuple(fc.double({ min: 0.2, max: 0.9, noNaN: true }), fc.double({ min: 0.01, max: 0.1, noNaN: true }))
      .map(([budget, above]) => ({ budget, limit: budget + above, shed: true }));
    fc.assert(
      fc.property(anyRules, load, load, (of, one, other) => {
        const [few, many] = [Math.min(one, other), Math.max(one, other)];
        expect(sessionsAtTheDoor(few, of)).to.be.at.most(sessionsAtTheDoor(many, of) + 1e-9);
        expect(sessionsAtTheDoor(of.limit, of)).to.equal(of.limit);
      }),
    );
  });
});

describe('at a door that sheds', () => {
  const stranger = (at: number): number => shedProbability('shedding', { isKnown: false, load: at }, rules);
  const known = (at: number): number => shedProbability('shedding', { isKnown: true, load: at }, rules);

  it('the more strangers are shed the higher the load is, and all of them half-way to the limit', () => {
    expect(stranger(0.7)).to.equal(0);
    expect(stranger(0.7875)).to.be.closeTo(0.5, 1e-9);
    expect(stranger(0.875)).to.equal(1);
  });

  it('known clients are shed only when every stranger is', () => {
    fc.assert(
      fc.property(load, load, (a, b) => {
        if (known(a) > 0) expect(stranger(a)).to.equal(1);
        if (a <= b) expect(stranger(a)).to.be.at.most(stranger(b));
        if (a <= b) expect(known(a)).to.be.at.most(known(b));
      }),
    );
    expect(known(0.95)).to.equal(1);
  });

  it('everybody is shed once it is shut', () => {
    for (const isKnown of [true, false])
      expect(shedProbability('shut', { isKnown, load: 0.1 }, rules)).to.equal(1);
  });

  it('chance decides about each', () => {
    const client = { isKnown: false, load: 0.7875, sessions: 0.5, hasSibling: false };
    expect(admit('shedding', { ...client, random: 0.49 }, rules)).to.equal('shed');
    expect(admit('shedding', { ...client, random: 0.51 }, rules)).to.equal('accept');
  });
});

describe('behind a load balancer that has another node with room', () => {
  it('nobody is sent away, whatever the door and the load', () => {
    fc.assert(
      fc.property(anyDoor, load, load, fc.boolean(), (door, at, sessions, isKnown) => {
        const client = { isKnown, load: at, sessions, hasSibling: true, random: 0 };
        expect(admit(door, client, rules)).to.equal('accept');
      }),
    );
  });
});

describe('at a door that is open', () => {
  it('nobody is shed, and strangers are deferred only when the sessions are past the limit', () => {
    fc.assert(
      fc.property(
        load,
        load,
        fc.boolean(),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (at, sessions, isKnown, random) => {
          const expected = !isKnown && sessions >= rules.limit ? 'defer' : 'accept';
          const client = { isKnown, load: at, sessions, hasSibling: false, random };
          expect(admit('open', client, rules)).to.equal(expected);
        },
      ),
    );
  });
});

describe('what is left of a budget', () => {
  it('is never less than nothing', () => {
    expect(roomLeft(0.3, rules)).to.be.closeTo(0.5, 1e-9);
    expect(roomLeft(0.9, rules)).to.equal(0);
  });
});
