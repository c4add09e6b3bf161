import { chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { skipBecause } from '../../support/skip.ts';
import { usePair } from '../../support/use-pair.ts';

const NOBODY = 65_534;

describe('a link in place of a slot of the spool', () => {
  const pair = usePair({
    start: [],
    // Of the version before, which gave the slots to that account.
    config: { 'inbound.workers': 2, user: 'nobody', group: 'nogroup' },
  });
  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can give directories to another account');
  });

  it('is refused, and what it leads to stays root’s', async () => {
    const { directory, inbound } = pair();
    const victim = join(directory, 'of-root');
    const slots = join(directory, 'inbound/slots');
    mkdirSync(victim, { mode: 0o700 });
    mkdirSync(slots, { recursive: true });
    for (const path of [join(directory, 'inbound'), slots]) chownSync(path, NOBODY, NOBODY);
    symlinkSync(victim, join(slots, '1'));
    const end = await inbound.start().then(
      () => 'it runs',
      (error: Error) => error.message,
    );
    await inbound.kill9();
    expect(statSync(victim).uid).to.equal(0);
    expect(end).to.include(`${join(slots, '1')} is a symbolic link: put the directory itself there`);
  });
});
