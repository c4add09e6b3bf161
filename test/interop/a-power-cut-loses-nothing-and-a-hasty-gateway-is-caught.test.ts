import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { expectPassed, playRows } from '../faults/play-rows.ts';
import { hasCommand } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';

describe('when the power goes', () => {
  before(function () {
    if (!hasCommand('strace')) skipBecause(this, 'strace is not installed');
  });

  for (const name of ['inbound/power-cut', 'outbound/power-cut'])
    it(`nothing acknowledged is lost in ${name}`, async () => {
      const results = await playRows([name]);
      expectPassed(results);
      expect(results[0]!.note).to.match(/^1\d\d power cuts$/);
    });

  it('a gateway that answers before the disk has it loses mail', async () => {
    const outbound = join(import.meta.dirname, '../faults/hasty-outbound.ts');
    const [result] = await playRows(['outbound/power-cut'], { programs: { outbound } });
    expect(result!.lost).to.be.above(0);
    expect(result!.faults.join('\n')).to.match(/lost: message m\d+ .*power cut at line \d+/);
  });
});
