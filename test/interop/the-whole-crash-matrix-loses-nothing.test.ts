/** Every row of `mailpair prove`, each failure once; here because of what some rows need (root, strace), and the time. */
import { rows } from '@mailpair/proving/prove/rows';
import { describe, it } from 'mocha';
import { expectPassed, playRows } from '../faults/play-rows.ts';
import { skipBecause } from '../support/skip.ts';

describe('the whole crash matrix', () => {
  for (const { name, title } of rows)
    it(`${name}: ${title}`, async function () {
      const results = await playRows([name]);
      const [reason] = results.flatMap(({ notRun }) => notRun ?? []);
      if (reason !== undefined) skipBecause(this, reason);
      expectPassed(results);
    });
});
