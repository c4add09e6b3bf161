import { describe, it } from 'mocha';
import { expectPassed, playRows } from './play-rows.ts';

describe('nothing acknowledged is lost', () => {
  for (const name of [
    'inbound/kill/relay.waiting-stored',
    'outbound/kill/spool.body-placed',
    'outbound/kill/spool.committed',
    'outbound/kill/spool.recovering',
  ])
    it(`in ${name}`, async function () {
      this.timeout(60_000);
      expectPassed(await playRows([name]));
    });
});
