import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describePartner } from '@mailpair/mailpair/status/partner';
import { partner } from '../../shared/api/gateway-fixture.ts';

const now = 1_798_761_600_000;

describe('a partner in mailpair status', () => {
  it('is one line when all is well', () => {
    expect(describePartner(partner, now)).to.deep.equal([
      'partner inbound mx-in.example.com: alive, load 0.25',
    ]);
    expect(describePartner({ ...partner, sheds: true, draining: true }, now)[0]).to.match(
      /alive, load 0\.25, sends strangers here, takes no new clients$/,
    );
  });

  it('tells since when it is dead, and what stands in the way', () => {
    const dead = {
      ...partner,
      state: 'dead',
      lastBeatAt: now - 125_000,
      fault: 'no answer; start it',
    } as const;
    expect(describePartner(dead, now)).to.deep.equal([
      'partner inbound mx-in.example.com: DEAD, last heard of 2m ago',
      '  no answer; start it',
    ]);
    const never = { ...dead, state: 'unknown', lastBeatAt: null, load: null, fault: null } as const;
    expect(describePartner(never, now)).to.deep.equal([
      'partner inbound mx-in.example.com: not heard of yet',
    ]);
  });

  it('names the keys that differ, and how wrong its clock is', () => {
    const differs = { ...partner, configDifferences: ['dns.servers', 'queue.expire'], skewMs: -90_000 };
    expect(describePartner(differs, now).slice(1)).to.deep.equal([
      '  CONFIGURATION DIFFERS: dns.servers, queue.expire; put the same mailpair.yaml on every host',
      '  its clock is 1m behind ours',
    ]);
  });
});
