import { LateLines } from '@mailpair/shared/platform/log/late-lines';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

describe('late lines', () => {
  let lines: LateLines;
  let composed: number;
  const add = (count: number): void => {
    for (let i = 0; i < count; i += 1)
      lines.add(() => {
        composed += 1;
        return `line ${i}`;
      });
  };

  beforeEach(() => {
    lines = new LateLines();
    composed = 0;
  });

  it('are composed many at a time, and counted before', () => {
    add(63);
    expect([lines.count, lines.length, composed]).to.deep.equal([63, 0, 0]);
    add(2);
    expect([lines.count, composed]).to.deep.equal([65, 64]);
    expect(lines.length).to.be.greaterThan(64 * 'line 0'.length);
  });

  it('are taken whole and in order, once', () => {
    add(130);
    const text = lines.take();
    expect(text.split('\n')).to.have.length(131);
    expect(text).to.match(/^line 0\nline 1\n/);
    expect(text.endsWith('line 129\n')).to.equal(true);
    expect([lines.take(), lines.count, lines.length]).to.deep.equal(['', 0, 0]);
  });
});
