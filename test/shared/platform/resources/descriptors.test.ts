import { closeSync, openSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { countOpenFiles, Descriptors, openFilesIn } from '@mailpair/shared/platform/resources/descriptors';
import { skipBecause } from '../../../support/skip.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max processes             96363                96363                processes 
Max open files            1024                 524288               files     
`;

describe('the descriptors of a process', () => {
  it('are limited by the soft limit', () => {
    expect(openFilesIn(LIMITS)).to.equal(1024);
    expect(openFilesIn(LIMITS.replace('1024  ', 'unlimited'))).to.equal(Infinity);
    expect(() => openFilesIn('')).to.throw('Max open files');
  });

  it('are counted', function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux has /proc/self/fd');
    const before = countOpenFiles();
    const opened = Array.from({ length: 7 }, () => openSync('/dev/null', 'r'));
    expect(countOpenFiles()).to.equal(before + 7);
    for (const descriptor of opened) closeSync(descriptor);
  });

  it('are left for as many sessions as have two each, since they were counted last', () => {
    let open = 40;
    const descriptors = new Descriptors({ limit: 200, count: () => open });
    descriptors.measure(10);
    expect([descriptors.share, descriptors.leftWith(10), descriptors.leftWith(40)]).to.deep.equal([
      0.2, 160, 100,
    ]);
    expect(descriptors.leftWith(5)).to.equal(160);
    expect(descriptors.sessionsLeaving(32)).to.equal(10 + 64);
    open = 190;
    descriptors.measure(70);
    expect(descriptors.sessionsLeaving(32)).to.equal(70);
  });
});
