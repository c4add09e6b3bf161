import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Partner } from '@mailpair/shared/gateway/pair/admission';
import {
  answeredAgo,
  answersPartner,
  isWorthAProbe,
  reachAtTheDoor,
  type Reach,
} from '@mailpair/shared/gateway/pair/local-reach';

const FAILED_AT = 100_000;
const down: Reach = { host: 'mail.test', port: 25, status: 'down', answeredAt: 50_000, failedAt: FAILED_AT };
const up: Reach = { host: 'other.test', port: 25, status: 'up', answeredAt: FAILED_AT };
const partnerThat = (answeredAt: number | null, changes: Partial<Partner> = {}): Partner => ({
  state: 'alive',
  draining: false,
  headroom: 0.5,
  sheds: false,
  answered: answeredAt === null ? {} : { 'mail.test:25': answeredAt },
  ...changes,
});
const reaching = partnerThat(FAILED_AT + 2_000);

describe('a local server that is down here', () => {
  it('answers the partner if it did so after our last failure', () => {
    expect(answersPartner(down, reaching)).to.equal(true);
    expect(answersPartner({ ...down, status: 'probing' }, reaching)).to.equal(true);
  });

  const not: [string, Reach, Partner][] = [
    ['before our last failure', down, partnerThat(FAILED_AT - 1)],
    ['so shortly after it that the heartbeat may have been on its way', down, partnerThat(FAILED_AT + 500)],
    ['never', down, partnerThat(null)],
    ['and it answers us too', { ...down, status: 'up' }, reaching],
  ];
  for (const [when, server, partner] of not)
    it(`is no reason to send anybody to the partner, which it answered ${when}`, () => {
      expect(answersPartner(server, partner)).to.equal(false);
      expect(reachAtTheDoor([server], [partner])).to.equal(0);
    });

  it('sends strangers to a partner that it answers', () => {
    expect(reachAtTheDoor([down], [partnerThat(null), reaching])).to.equal(0.9);
  });

  it('sends nobody away while another one answers here, or while the partner has no room', () => {
    expect(reachAtTheDoor([down, up], [reaching])).to.equal(0);
    expect(reachAtTheDoor([down, { ...up, status: 'aside' }], [reaching])).to.equal(0);
    expect(reachAtTheDoor([down], [{ ...reaching, headroom: 0 }])).to.equal(0);
    expect(reachAtTheDoor([], [reaching])).to.equal(0);
  });

  it('does not wait for those that were never tried', () => {
    expect(reachAtTheDoor([down, { ...up, status: 'untried' }], [reaching])).to.equal(0.9);
  });

  it('is probed when a partner reaches it, and five seconds after a failure at the earliest', () => {
    const probed = (server: Reach, partner: Partner, sinceMs: number): boolean =>
      isWorthAProbe(server, [partner], FAILED_AT + sinceMs);
    expect(probed(down, reaching, 5_000)).to.equal(true);
    expect(probed(down, { ...reaching, headroom: 0 }, 5_000)).to.equal(true);
    expect(probed(down, reaching, 4_999)).to.equal(false);
    expect(probed(down, partnerThat(null), 60_000)).to.equal(false);
    expect(probed({ ...down, status: 'probing' }, reaching, 5_000)).to.equal(false);
  });
});

describe('what the heartbeat says of local servers', () => {
  it('is how long ago those answered that answer now', () => {
    const refusing: Reach = { ...up, host: 'refusing.test', refusal: { reply: 550 } };
    const untried: Reach = { host: 'untried.test', port: 25, status: 'untried' };
    expect(answeredAgo([down, up, refusing, untried], FAILED_AT + 700)).to.deep.equal({
      'other.test:25': 700,
    });
  });

  it('is without a server whose last attempt failed, though it is not down yet', () => {
    expect(answeredAgo([{ ...up, failedAt: FAILED_AT + 1 }], FAILED_AT + 700)).to.deep.equal({});
  });
});
