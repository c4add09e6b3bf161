import { describe, it } from 'mocha';
import { expectPassed, playRows } from './play-rows.ts';

describe('what is intact in a damaged spool arrives, and the rest is reported', () => {
  for (const name of ['inbound/damage/journal-bit', 'outbound/damage/map-block', 'outbound/damage/body-bit'])
    it(`in ${name}`, async function () {
      this.timeout(120_000);
      expectPassed(await playRows([name]));
    });
});
