import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Looks, WATCHED_MS } from '@mailpair/shared/gateway/pair/looks';

const A = '10.0.0.5';
const B = '10.0.0.6';

describe('the looks of load balancers', () => {
  it('watch a gateway for 10 s after each', () => {
    const looks = new Looks();
    expect(looks.isWatched(0)).to.equal(false);
    looks.note(A, 1_000);
    expect(looks.isWatched(1_000 + WATCHED_MS - 1)).to.equal(true);
    expect(looks.isWatched(1_000 + WATCHED_MS)).to.equal(false);
  });

  it('have seen a drain when each balancer looked twice', () => {
    const looks = new Looks();
    looks.note(A, 0);
    looks.note(B, 1_000);
    expect(looks.haveSeen).to.equal(false);
    looks.beginDrain(4_500);
    looks.note(A, 5_000);
    looks.note(A, 7_000);
    looks.note(B, 7_100);
    expect(looks.haveSeen).to.equal(false);
    looks.note(B, 9_100);
    expect(looks.haveSeen).to.equal(true);
  });

  it('count each backend of a balancer that asks for several', () => {
    const looks = new Looks();
    for (const at of [0, 100, 2_000, 2_100]) looks.note(A, at);
    looks.beginDrain(3_000);
    for (const at of [4_000, 4_100, 6_000]) {
      looks.note(A, at);
      expect(looks.haveSeen).to.equal(false);
    }
    looks.note(A, 6_100);
    expect(looks.haveSeen).to.equal(true);
  });

  it('are not waited for where a balancer has stopped, or began later', () => {
    const looks = new Looks();
    looks.note(B, 0);
    looks.note(A, WATCHED_MS);
    looks.beginDrain(WATCHED_MS);
    looks.note(B, WATCHED_MS + 1);
    looks.note(A, WATCHED_MS + 2);
    looks.note(A, WATCHED_MS + 3);
    expect(looks.haveSeen).to.equal(true);
  });
});
