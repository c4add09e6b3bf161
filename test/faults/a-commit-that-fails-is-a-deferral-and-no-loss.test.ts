import { describe, it } from 'mocha';
import { expectPassed, playRows } from './play-rows.ts';

describe('a commit that fails', () => {
  it('is a deferral, and nothing of what was acknowledged is lost', async function () {
    this.timeout(60_000);
    expectPassed(await playRows(['inbound/disk/EIO-at-spool.committing']));
  });
});
