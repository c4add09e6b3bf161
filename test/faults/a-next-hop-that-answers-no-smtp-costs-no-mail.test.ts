import { describe, it } from 'mocha';
import { expectPassed, playRows } from './play-rows.ts';

describe('a next hop that answers no SMTP', () => {
  it('costs no mail, whatever the command was', async function () {
    this.timeout(60_000);
    expectPassed(await playRows(['outbound/next-hop/garbage']));
  });
});
