import { startIn, startOf } from '@mailpair/shared/platform/process/process-start';
import { expect } from 'chai';
import { describe, it } from 'mocha';

/** proc(5): 20 is the number of threads, 22 the start. */
const stat = (state: string, threads: number): string =>
  `42 (odd) name) ${state} 1 42 42 0 -1 4194304 100 0 0 0 5 3 0 0 20 0 ${threads} 0 1234567 0 0\n`;

describe('when a process started', () => {
  it('is told, whatever its program is called', () => {
    expect(startIn(stat('S', 11))).to.equal('1234567');
  });

  it('is of no account once it has ended', () => {
    expect(startIn(stat('Z', 1))).to.equal('ended');
    expect(startIn(stat('X', 1))).to.equal('ended');
  });

  it('is told while one of its threads has yet to end and to let go of its files', () => {
    expect(startIn(stat('Z', 2))).to.equal('1234567');
  });

  it('is unknown of a number that no process has', () => {
    expect(startOf(2 ** 22 + 1)).to.equal('-');
  });

  if (process.platform === 'linux')
    it('is told of this one', () => {
      expect(startOf(process.pid)).to.match(/^\d+$/);
    });
});
