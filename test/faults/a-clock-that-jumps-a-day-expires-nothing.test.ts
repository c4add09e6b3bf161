import { describe, it } from 'mocha';
import { expectPassed, playRows } from './play-rows.ts';

describe('a clock that jumps a day ahead', () => {
  it('expires nothing, doubles nothing and keeps nobody busy', async function () {
    this.timeout(60_000);
    expectPassed(await playRows(['outbound/clock/forward']));
  });
});
