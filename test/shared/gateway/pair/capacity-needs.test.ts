import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  aloneShare,
  coresOf,
  needsOf,
  type Mail,
  type SiteRules,
} from '@mailpair/shared/gateway/pair/capacity-needs';
import type { Measured } from '@mailpair/shared/gateway/pair/measured';
import { parseMix } from '@mailpair/shared/gateway/pair/size-mix';

const MB = 1024 ** 2;
const role = { secondsPerMessage: 0.02, secondsFixed: 0.01, secondsPerMegabyte: 0.01, memoryBytes: 100 * MB };
const measured: Measured = {
  measuredAt: '2026-05-01T10:00:00.000Z',
  cores: 2,
  inbound: role,
  outbound: { ...role, secondsFixed: 0.03 },
};
/** 1 MB each, on average 10 a second from the internet and 2.5 from submitters. */
const mail: Mail = { messagesPerDay: 864_000, submissionsPerDay: 216_000, peak: 4, mix: parseMix('1MB=1') };
const rules: SiteRules = { budget: 0.8, outageDays: 1, sharedMemoryBytes: 64 * MB, otherDiskBytes: 5_000 };

describe('what so much mail needs', () => {
  it('is cores for the peak within the budget, and a worker for each begun one', () => {
    const inbound = needsOf('inbound', measured.inbound, mail, rules);
    expect(inbound.peakPerSecond).to.equal(40);
    expect(inbound.cores).to.be.closeTo(1, 1e-9);
    expect(needsOf('inbound', measured.inbound, { ...mail, peak: 4.1 }, rules).workers).to.equal(2);
    expect(needsOf('inbound', measured.inbound, { ...mail, messagesPerDay: 1 }, rules).workers).to.equal(1);
    expect(needsOf('outbound', measured.outbound, mail, rules).peakPerSecond).to.equal(10);
  });

  it('is memory for each worker beside what they share', () => {
    const { workers, memoryBytes } = needsOf('inbound', measured.inbound, { ...mail, peak: 10 }, rules);
    expect([workers, memoryBytes]).to.deep.equal([3, 364 * MB]);
  });

  it('is disk for the mail of a day, beside what else is kept', () => {
    const { diskBytes } = needsOf('outbound', measured.outbound, mail, rules);
    expect(diskBytes).to.equal(216_000 * (MB + 4_096) + 5_000);
  });
});

describe('what one host carries alone', () => {
  it('is the part of the peak of both roles for which its cores suffice', () => {
    // 40 messages of 20 ms and 10 of 40 ms are 1.2 cores.
    expect(aloneShare(2, measured, mail, rules)).to.equal(1);
    expect(aloneShare(0.75, measured, mail, rules)).to.be.closeTo(0.5, 1e-9);
    expect(aloneShare(0.1, measured, { ...mail, messagesPerDay: 0, submissionsPerDay: 0 }, rules)).to.equal(
      1,
    );
  });

  it('counts the cores of another host by what it says it can take', () => {
    expect(coresOf(25, measured.outbound)).to.equal(0.5);
  });
});
