import {
  changesOf,
  isUpdateDue,
  startBalance,
  wantedOf,
  withFailure,
  withLook,
  withPublished,
  withUpdate,
} from '@mailpair/planner/dns-rr/balance';
import type { Balance, NodeLook, Rules } from '@mailpair/planner/dns-rr/balance';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const rules: Rules = { deadAfter: 3, backAfter: 3, ttlSeconds: 60, intervalMs: 300_000, floor: 1 };
const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
const start = (): Balance => startBalance(addresses.map((address) => [address]));
const yes = (load: number | null = 0.2): NodeLook => ({ answers: ['yes'], load, draining: null });
const no: NodeLook = { answers: ['no'], load: null, draining: null };
const published = (...list: readonly string[]) => list.map((address) => ({ address, ttlSeconds: 60 }));

function looked(balance: Balance, looks: readonly NodeLook[], times: number, from = 0): Balance {
  let after = balance;
  for (let look = 0; look < times; look += 1) after = withLook(after, looks, from + look * 10_000, rules);
  return after;
}

describe('the balance of nodes', () => {
  it('changes nothing before the server was asked what it has', () => {
    expect(isUpdateDue(looked(start(), [yes(), yes(), yes()], 1), 0, rules)).to.equal(false);
  });

  it('publishes all that are alive and alike', () => {
    const balance = withPublished(looked(start(), [yes(), yes(), yes()], 1), []);
    expect(wantedOf(balance, rules)).to.deep.equal(addresses);
    expect(isUpdateDue(balance, 0, rules)).to.equal(true);
    expect(isUpdateDue(withPublished(balance, published(...addresses)), 0, rules)).to.equal(false);
  });

  it('withdraws a node that drains, also while it says nothing any more, until it was dead and is back', () => {
    const drains: NodeLook = { ...yes(), draining: true };
    const wanted = (balance: Balance): string[] => wantedOf(balance, rules);
    const alive = looked(start(), [yes(), yes(), yes()], 1);
    const draining = looked(alive, [yes(), drains, yes()], 1);
    const without = ['192.0.2.1', '192.0.2.3'];
    expect(wanted(draining)).to.deep.equal(without);
    expect(wanted(looked(draining, [yes(), { ...yes(), draining: false }, yes()], 1))).to.deep.equal(
      addresses,
    );
    expect(wanted(looked(draining, [yes(), yes(), yes()], 5))).to.deep.equal(without);
    const ended = looked(draining, [yes(), no, yes()], 3);
    expect(wanted(ended)).to.deep.equal(without);
    expect(wanted(looked(ended, [yes(), yes(), yes()], 3))).to.deep.equal(addresses);
  });

  it('makes the TTL ours', () => {
    const balance = looked(start(), [yes(), yes(), yes()], 1);
    const foreign = addresses.map((address) => ({ address, ttlSeconds: 3600 }));
    expect(isUpdateDue(withPublished(balance, foreign), 0, rules)).to.equal(true);
  });

  it('waits at the start until it is certain who is dead', () => {
    const twice = withPublished(looked(start(), [yes(), no, yes()], 2), published(...addresses));
    expect(isUpdateDue(twice, 20_000, rules)).to.equal(false);
    const thrice = withPublished(looked(start(), [yes(), no, yes()], 3), published(...addresses));
    expect(isUpdateDue(thrice, 20_000, rules)).to.equal(true);
    expect(wantedOf(thrice, rules)).to.deep.equal(['192.0.2.1', '192.0.2.3']);
  });

  it('tells who died and who is back', () => {
    const alive = looked(start(), [yes(), yes(), yes()], 1);
    const died = looked(alive, [yes(), no, yes()], 3);
    expect(changesOf(alive, died)).to.deep.equal({ dead: [1], back: [] });
    expect(changesOf(died, looked(died, [yes(), yes(), yes()], 3))).to.deep.equal({ dead: [], back: [1] });
  });

  it('leaves weights as they are within a slot, and goes by the mean of the loads in the next', () => {
    const first = looked(start(), [yes(0), yes(0.5), yes(0.5)], 1);
    const loaded = looked(first, [yes(0.9), yes(0.5), yes(0.5)], 29, 10_000);
    expect(loaded.nodes.map(({ weight }) => weight)).to.deep.equal(first.nodes.map(({ weight }) => weight));
    const [node] = withLook(loaded, [yes(0.9), yes(0.5), yes(0.5)], 300_000, rules).nodes;
    expect(node!.weight).to.be.within(0.35, 0.55);
  });

  it('takes a node that states no load for half full, and one that is full for nearly so', () => {
    const { nodes } = looked(start(), [yes(null), yes(1), yes(0)], 1);
    expect(nodes.map(({ weight }) => weight)).to.deep.equal([0.5, 0.05, 1]);
  });

  it('rests longer after each failure, never less than the TTL nor more than ten minutes, then asks anew', () => {
    let balance = withPublished(looked(start(), [yes(), yes(), yes()], 1), []);
    const rests: number[] = [];
    for (let failure = 0; failure < 6; failure += 1) {
      balance = withFailure(balance, 0, rules);
      rests.push(balance.notBefore / 1000);
    }
    expect(rests).to.deep.equal([60, 120, 240, 480, 600, 600]);
    expect(balance.published).to.equal(null);
    const hourly = { ...rules, ttlSeconds: 3600 };
    expect(withFailure(balance, 0, hourly).notBefore).to.equal(3_600_000);
  });

  it('never updates twice within a TTL, whatever the nodes and the server do', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 1_000, max: 40_000 }),
      looks: fc.tuple(
        ...addresses.map(() =>
          fc.oneof(fc.constant(no), fc.double({ min: 0, max: 1, noNaN: true }).map(yes)),
        ),
      ),
      fails: fc.boolean(),
      foreign: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        const quick = { ...rules, deadAfter: 1, backAfter: 1 };
        let [balance, now] = [start(), 0];
        const updates: number[] = [];
        for (const { afterMs, looks, fails, foreign } of steps) {
          now += afterMs;
          balance = withLook(balance, looks, now, quick);
          if (balance.published === null || foreign) balance = withPublished(balance, published('192.0.2.9'));
          if (!isUpdateDue(balance, now, quick)) continue;
          updates.push(now);
          const wanted = wantedOf(balance, quick);
          expect(wanted).to.not.be.empty;
          balance = fails ? withFailure(balance, now, quick) : withUpdate(balance, wanted, now, quick);
        }
        updates.slice(1).forEach((at, index) => expect(at - updates[index]!).to.be.at.least(60_000));
      }),
    );
  });

  it('is updated at most once a slot while only loads change', () => {
    const loads = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(loads, { minLength: 30, maxLength: 200 }), (steps) => {
        let balance = withPublished(start(), published(...addresses));
        const slots: number[] = [];
        steps.forEach((each, index) => {
          const now = index * 10_000;
          balance = withLook(balance, each.map(yes), now, rules);
          if (!isUpdateDue(balance, now, rules)) return;
          slots.push(balance.slot);
          balance = withUpdate(balance, wantedOf(balance, rules), now, rules);
        });
        expect(new Set(slots).size).to.equal(slots.length);
      }),
    );
  });
});
