import { expect } from 'chai';
import { describe, it } from 'mocha';
import { evasions, type Evasion } from './cases.ts';
import { useJudging } from './judged.ts';
import { missedOf, shownByMailparser } from './shown.ts';

/** Larger ones take mailparser long and say nothing new. */
const LONGEST = 64 * 1024;

describe('what mailparser shows of an evasion is found, or the message is not accepted', () => {
  const judge = useJudging();

  for (const area of new Set(evasions.map(({ name }) => name.slice(0, name.indexOf('/')))))
    it(area, async () => {
      const missed: Record<string, readonly string[]> = {};
      for (const { name, octets } of evasions.filter(isOf(area))) {
        const what = missedOf(await shownByMailparser(octets), judge(octets));
        if (what.length > 0) missed[name] = what;
      }
      expect(missed).to.deep.equal({});
    });
});

const isOf =
  (area: string) =>
  ({ name, octets }: Evasion): boolean =>
    name.startsWith(`${area}/`) && octets.length <= LONGEST;
