import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { formatDuration, formatSize, parseDuration, parseSize } from '@mailpair/shared/config/schema/units';

describe('units', () => {
  it('read back every duration that was written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  });

  it('read back every size that was written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
  });

  it('write the largest unit that leaves a whole number', () => {
    expect([0, 250, 30_000, 90_000, 3_600_000, 432_000_000].map(formatDuration)).to.deep.equal([
      '0ms',
      '250ms',
      '30s',
      '90s',
      '1h',
      '5d',
    ]);
    expect([0, 1000, 262_144, 26_214_400, 1024 ** 4].map(formatSize)).to.deep.equal([
      '0B',
      '1000B',
      '256KB',
      '25MB',
      '1TB',
    ]);
  });

  it('count sizes in 1024s, in capitals or not', () => {
    expect(parseSize('1KB')).to.equal(1024);
    expect(parseSize('25mb')).to.equal(25 * 1024 * 1024);
    expect(parseSize('1 GB')).to.equal(1024 ** 3);
  });

  it('refuse what has no unit, no number, a fraction, a sign or too much', () => {
    for (const text of ['30', 's', '', '1.5h', '-5s', '5 minutes', '5M', '99999999999999d', '1h30m']) {
      expect(parseDuration(text), text).to.equal(undefined);
    }
    for (const text of ['25', 'MB', '', '1.5GB', '-1B', '25M', '25MiB', '9999999999TB']) {
      expect(parseSize(text), text).to.equal(undefined);
    }
  });
});
