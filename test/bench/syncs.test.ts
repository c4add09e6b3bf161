import { expect } from 'chai';
import { describe, it } from 'mocha';
import { countSyncs, totalOf } from '../../bench/syncs.ts';

const count = (...lines: readonly string[]) => countSyncs(lines.join('\n'), 1000_000, 2000_000);

describe('Counting syncs in what strace wrote', () => {
  it('counts each call once, also when another thread came between', () => {
    expect(
      count(
        '11  1500.000001 fdatasync(12 <unfinished ...>',
        '12  1500.000002 fsync(9) = 0',
        '11  1500.000003 <... fdatasync resumed>) = 0',
      ),
    ).to.deep.equal({ fdatasync: 1, fsync: 1 });
  });

  it('counts only what happened during the load', () => {
    expect(
      count('11  999.9 fsync(9) = 0', '11  1000.1 fsync(9) = 0', '11  2000.1 fsync(9) = 0'),
    ).to.deep.equal({
      fsync: 1,
    });
  });

  it('counts writes to a file that was opened to sync each, and to no other', () => {
    expect(
      count(
        '11  900.1 openat(AT_FDCWD, ""..., O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 20',
        '11  900.2 openat(AT_FDCWD, ""..., O_WRONLY|O_DSYNC|O_CLOEXEC) = 21',
        '11  1500.1 pwrite64(20, ""..., 4096, 0) = 4096',
        '11  1500.2 pwrite64(21, ""..., 120, 16) = 120',
      ),
    ).to.deep.equal({ 'pwrite64 to O_DSYNC': 1 });
  });

  it('knows such a file when its opening was interrupted, and forgets it when its number goes to another', () => {
    expect(
      count(
        '11  900.1 openat(AT_FDCWD, ""..., O_WRONLY|O_SYNC <unfinished ...>',
        '12  900.2 openat(AT_FDCWD, ""..., O_RDONLY) = 30',
        '11  900.3 <... openat resumed>) = 31',
        '11  1500.1 pwrite64(31, ""..., 4, 0 <unfinished ...>',
        '12  1500.2 openat(AT_FDCWD, ""..., O_RDWR) = 31',
        '12  1500.3 pwrite64(31, ""..., 4, 0) = 4',
      ),
    ).to.deep.equal({ 'pwrite64 to O_DSYNC': 1 });
  });

  it('does not count an msync that does not wait', () => {
    expect(
      count('1  1500.1 msync(0x7f, 4096, MS_ASYNC) = 0', '1  1500.2 msync(0x7f, 4096, MS_SYNC) = 0'),
    ).to.deep.equal({ msync: 1 });
  });

  it('adds up what surely syncs', () => {
    expect(totalOf({ fdatasync: 3, 'pwrite64 to O_DSYNC': 2, io_uring_enter: 7 })).to.equal(5);
  });
});
