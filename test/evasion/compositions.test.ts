import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { compositions } from './compositions.ts';
import { useJudging, type Judged } from './judged.ts';
import { messageOf, octetsOf } from './mime.ts';
import { missedOf, shownByMailparser } from './shown.ts';

const runs = { seed: 20261202, numRuns: 500 };
const isKept = ({ isRefused, usual }: Judged): boolean => isRefused || usual.verdict.kind !== 'accept';

describe('tricks within each other', () => {
  const judge = useJudging();

  it('hide nothing that one of them alone does not hide', () => {
    fc.assert(
      fc.property(compositions, ({ name, bare, wrapped }) => {
        if (isKept(judge(octetsOf(messageOf(bare)))))
          expect(isKept(judge(octetsOf(messageOf(wrapped)))), name).to.equal(true);
      }),
      runs,
    );
  });

  it('show nothing to mailparser that is not found', async () => {
    await fc.assert(
      fc.asyncProperty(compositions, async ({ name, wrapped }) => {
        const octets = octetsOf(messageOf(wrapped));
        expect(missedOf(await shownByMailparser(octets), judge(octets)), name).to.deep.equal([]);
      }),
      runs,
    );
  });
});
