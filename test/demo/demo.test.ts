import { expect } from 'chai';
import { describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { runCommand } from '../support/commands.ts';

describe('the demo', () => {
  it('ends with every message arrived exactly once, and says so', async () => {
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      ['demo/main.ts', '--messages', '60'],
      { cwd: checkout },
    );
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.include('lost 0, duplicated 0');
    expect(stderr).to.equal('');
  }).timeout(120_000);

  it('refuses options it does not know', async () => {
    for (const args of [
      ['--messages', 'many'],
      ['--mesages', '60'],
    ]) {
      const { code, stderr } = await runCommand(process.execPath, ['demo/main.ts', ...args], {
        cwd: checkout,
      });
      expect(code, args.join(' ')).to.equal(2);
      expect(stderr).to.include(args[0]);
    }
  });
});
