import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout, temporaryCheckout, type TemporaryCheckout } from '../support/checkout.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';

/** The command line as a gateway brings it. */
describe('mailpair without @mailpair/proving', () => {
  let folder: TemporaryCheckout;

  before(() => {
    folder = temporaryCheckout();
    folder.copy('packages/mailpair/src', 'packages/mailpair/package.json');
    for (const name of ['shared', 'planner'])
      folder.link(`packages/mailpair/node_modules/@mailpair/${name}`, join(checkout, 'packages', name));
    mkdirSync(join(folder.root, 'in'));
    const role = { secondsPerMessage: 0.01, secondsFixed: 0.01, secondsPerMegabyte: 0, memoryBytes: 1e8 };
    const measured = { measuredAt: '2026-05-01T10:00:00.000Z', cores: 2, inbound: role, outbound: role };
    writeFileSync(join(folder.root, 'in/capacity.json'), JSON.stringify(measured));
    folder.write({
      'mailpair.yaml': `
domains: [example.com]
inbound: { host: mx-in.example.com, spool: ${folder.root}/in }
outbound: { host: mx-out.example.com, spool: ${folder.root}/out, trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
`,
    });
  });
  after(() => folder.remove());

  const mailpair = (words: string): Promise<CommandResult> =>
    runCommand(process.execPath, [
      join(folder.root, 'packages/mailpair/src/main.ts'),
      ...words.split(' '),
      '--config',
      join(folder.root, 'mailpair.yaml'),
    ]);

  for (const words of ['rehearse', 'rehearse --lab', 'prove --list', 'capacity'])
    it(`${words} says what to install`, async () => {
      const { code, stdout, stderr } = await mailpair(words);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(
        /^mailpair \w+: the package @mailpair\/proving is not installed here, .*npm install @mailpair\/proving@\d+\.\d+\.\d+ .*\n$/,
      );
    });

  for (const words of ['--help', 'rehearse --help', 'prove --help', 'capacity --help', 'capacity --stored'])
    it(`${words} works`, async () => {
      const { code, stdout, stderr } = await mailpair(words);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).not.to.equal('');
    });
});
