import { expect } from 'chai';
import { describe, it } from 'mocha';
import { KnownClients } from '@mailpair/shared/pair/known-clients';

const WEEK = 7 * 24 * 3_600_000;

describe('known clients', () => {
  it('are those whose mail was taken, for a week', () => {
    const known = new KnownClients();
    expect(known.has('192.0.2.1', 0)).to.equal(false);
    known.delivered('192.0.2.1', 0);
    expect(known.has('192.0.2.1', WEEK - 1)).to.equal(true);
    expect(known.has('192.0.2.1', WEEK)).to.equal(false);
    expect(known.has('192.0.2.2', 0)).to.equal(false);
  });

  it('are networks of 64 bits with IPv6', () => {
    const known = new KnownClients();
    known.delivered('2001:db8::1', 0);
    expect(known.has('2001:db8::ffff:1', 0)).to.equal(true);
    expect(known.has('2001:db8:0:1::1', 0)).to.equal(false);
  });

  it('are bounded: the one not heard of for the longest is forgotten', () => {
    const known = new KnownClients(2);
    known.delivered('192.0.2.1', 0);
    known.delivered('192.0.2.2', 1_000);
    known.delivered('192.0.2.1', 61_000);
    known.delivered('192.0.2.3', 62_000);
    const are = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => known.has(address, 62_000));
    expect(are).to.deep.equal([true, false, true]);
  });
});
