import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a typing error in mailpair.yaml', () => {
  const pair = usePair();

  /** Runs a command with the configuration of the gateways and this text behind it. */
  async function withText(text: string, ...argv: readonly string[]): Promise<Said> {
    const { configFile } = pair();
    const sound = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, `${sound}\n${text}\n`);
    try {
      return await mailpair([...argv, '--config', configFile]);
    } finally {
      writeFileSync(configFile, sound);
    }
  }

  const errors = {
    'a key that does not exist': 'smpt: { maxMessage: 5MB }',
    'a syntax error': 'judge: { mode: [off',
  };
  for (const [what, text] of Object.entries(errors)) {
    it(`leaves the commands that ask the gateways working: ${what}`, async () => {
      for (const argv of [
        ['status'],
        ['queue', 'list'],
        ['trace', 'anna@example.com'],
        ['quarantine', 'list'],
        ['submitter', 'list'],
        ['ban', 'add', '192.0.2.77', '--for', '1h'],
        ['ban', 'list'],
      ]) {
        const { code, out, err } = await withText(text, ...argv);
        expect(err, argv.join(' ')).to.match(/mailpair\.yaml: \d faults?\n/);
        expect(err).to.include('A gateway would not start with this file.');
        expect(code, `${argv.join(' ')}: ${out}${err}`).to.equal(argv[0] === 'trace' ? 1 : 0);
      }
    });
  }

  it('ends them where it concerns the way to the gateways', async () => {
    const { code, err } = await mailpair([
      'status',
      '--config',
      pair().configFile,
      '--set',
      'inbound.http=nonsense',
    ]);
    expect(code).to.equal(2);
    expect(err).to.include('inbound.http: ');
  });
});
