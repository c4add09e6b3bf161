import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';
import { GatewayHosts, stored } from '../shared/api/gateway-fixture.ts';

const NOBODY = 65_534;
const main = join(checkout, 'packages/mailpair/src/main.ts');

/** Writes down each path below $SPOOL that is opened or changed while the process is root. */
const watch = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { appendFileSync } = fs;
const names = [
  ...['open', 'readFile', 'writeFile', 'appendFile', 'readdir', 'mkdir'],
  ...['rm', 'rename', 'link', 'unlink', 'chown', 'chmod', 'access'],
];
for (const [of, suffix] of [[fs, ''], [fs, 'Sync'], [fs.promises, '']])
  for (const name of names) {
    const real = of[name + suffix];
    of[name + suffix] = (...args) => {
      if (process.geteuid() === 0 && String(args[0]).startsWith(process.env.SPOOL + '/'))
        appendFileSync(process.env.SEEN, name + ' ' + args[0] + '\\n');
      return real.apply(of, args);
    };
  }
syncBuiltinESMExports();
`;

/** One for each way into a spool. */
const verbs = [
  ['status'],
  ['queue', 'list'],
  ['submitter', 'show', 'anna'],
  ['quarantine', 'list'],
  ['ban', 'list'],
  ['trace', '0A1'],
  ['replay'],
  ['learn', 'spam', 'FILE'],
  ['judge', 'FILE', '--client', '192.0.2.7', '--to', 'anna@example.com', '--role', 'outbound'],
];

describe('mailpair, run by root', () => {
  let hosts: GatewayHosts;
  let spool: string;
  let seen: string;
  let preload: string;
  before(async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can try this');
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill('outbound', stored('0A1', { held: true }));
    spool = join(hosts.directory, 'outbound');
    seen = join(hosts.directory, 'seen');
    preload = join(hosts.directory, 'watch.mjs');
    writeFileSync(preload, watch);
    writeFileSync(join(hosts.directory, 'FILE'), 'Subject: x\r\n\r\nx\r\n');
    chmodSync(hosts.directory, 0o711);
    await runCommand('chown', ['-R', `${NOBODY}:${NOBODY}`, spool]);
  });
  after(() => hosts?.close());

  const run = (words: readonly string[]): Promise<CommandResult> => {
    const options = ['--config', hosts.config, '--set', 'dns.servers=127.0.0.1:1', '--set', 'dns.timeout=1s'];
    return runCommand(process.execPath, ['--import', preload, main, ...words, ...options], {
      cwd: hosts.directory,
      env: { ...process.env, SPOOL: spool, SEEN: seen },
    });
  };

  it('neither overwrites nor gives away what a link in the spool names', async () => {
    const victim = join(hosts.directory, 'of-root');
    const link = join(spool, 'submitters.json.new');
    writeFileSync(victim, 'of root', { mode: 0o600 });
    symlinkSync(victim, link);
    const { code, stderr } = await run(['submitter', 'hold', 'anna']);
    expect(readFileSync(victim, 'utf8')).to.equal('of root');
    expect(statSync(victim).uid).to.equal(0);
    rmSync(link, { force: true });
    expect([0, 2], stderr).to.include(code);
  });

  it('leaves files that the gateway can read', async () => {
    const { code, stderr } = await run(['submitter', 'hold', 'anna']);
    expect(code, stderr).to.equal(0);
    expect(statSync(join(spool, 'submitters.json')).uid).to.equal(NOBODY);
  });

  for (const words of verbs)
    it(`opens nothing in the spool as root: ${words.slice(0, 2).join(' ')}`, async () => {
      const { stderr } = await run(words);
      expect(existsSync(seen) ? readFileSync(seen, 'utf8') : '', stderr).to.equal('');
      expect(stderr).to.not.match(/EACCES|EPERM/);
    });

  it('checks the configuration as that account, and names the commands that let it read a key', async () => {
    const key = join(hosts.directory, 'pair.secret');
    writeFileSync(key, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    const sets = [`pair.secretFile=${key}`, `dkim.keys=${join(hosts.directory, 'dkim')}`];
    const check = ['config', 'check', '--role', 'outbound', ...sets.flatMap((set) => ['--set', set])];
    const { code, stdout } = await run(check);
    expect(code, stdout).to.equal(1);
    expect(stdout)
      .to.include('pair.secretFile: the secret of the pair cannot be read by the account nobody')
      .and.include(`${key} belongs to uid 0 and gid 0 with mode 600`)
      .and.include(`chgrp ${NOBODY} ${key} && chmod 640 ${key}`);
    await runCommand('chgrp', [`${NOBODY}`, key]);
    chmodSync(key, 0o640);
    expect((await run(check)).stdout).to.not.include('pair.secretFile');
  });

  it('says as whom it ran where that account may not read a file of root’s', async () => {
    const file = join(hosts.directory, 'of-root.eml');
    writeFileSync(file, 'Subject: x\r\n\r\nx', { mode: 0o600 });
    const { code, stderr } = await run(['learn', 'spam', file]);
    expect(code).to.equal(2);
    expect(stderr).to.include(file).and.include('root ran this as nobody, the owner of the spool');
  });
});
