/**
 * What the decisions at the door come to, as a table that is kept: a change of a decision shows in it, for better or worse. To accept
 * a change, write the table anew: `node test/proving/lab/table.ts --write`.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { figuresOf, loads, tableFile } from './table.ts';

const kept = JSON.parse(readFileSync(tableFile, 'utf8')) as Record<string, Record<string, number>>;

describe('the table of the balance lab', () => {
  it('has a row for each load', () => {
    expect(Object.keys(kept)).to.deep.equal(loads.map(String));
  });

  for (const load of loads)
    it(`still holds at ${load} times what inbound carries`, () => {
      expect(figuresOf(load)).to.deep.equal(kept[String(load)]);
    });

  for (const load of loads)
    it(`shows at ${load} times what the pair is for`, () => {
      const { lost, submissionP95Ms, idleP95Ms, waitingPutOffPercent, allPutOffPercent } =
        kept[String(load)]!;
      expect(lost, 'lost').to.equal(0);
      expect(submissionP95Ms, 'submissions').to.be.at.most(2 * idleP95Ms!);
      expect(waitingPutOffPercent, 'put off of those that wait').to.be.at.most(allPutOffPercent!);
    });
});
