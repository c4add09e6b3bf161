/** systemd itself reads the units, the account and the directories as they are meant. */
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout, temporaryCheckout, type TemporaryCheckout } from '../support/checkout.ts';
import { hasCommand, runCommand } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';

const source = 'packages/shared/systemd';
const roles = ['inbound', 'outbound'] as const;

/** What each unit runs. */
const units = {
  inbound: 'inbound-gateway',
  outbound: 'outbound-gateway',
  'dns-rr': 'mailpair balancer dns-rr --json',
} as const;
const unitNames = Object.keys(units) as (keyof typeof units)[];

/** A unit with its command replaced by one that exists here, as `verify` wants it. */
function installable(tree: TemporaryCheckout, name: keyof typeof units): string {
  const path = `mailpair-${name}.service`;
  const unit = readFileSync(join(checkout, source, path), 'utf8');
  expect(unit).to.include(`\nExecStart=${units[name]} --config `);
  const command = units[name].split(' ')[0]!;
  tree.write({
    [path]: unit.replace(`ExecStart=${command} `, `ExecStart=${join(tree.root, command)} `),
    [command]: '',
  });
  chmodSync(join(tree.root, command), 0o755);
  return join(tree.root, path);
}

describe('the systemd units', () => {
  let tree: TemporaryCheckout;

  before(function () {
    if (!hasCommand('systemd-analyze')) skipBecause(this, 'no systemd-analyze here: apt-get install systemd');
    tree = temporaryCheckout();
  });

  after(() => {
    // Undefined when skipped.
    (tree as TemporaryCheckout | undefined)?.remove();
  });

  for (const name of unitNames) {
    it(`systemd-analyze verify has nothing to say about mailpair-${name}.service`, async () => {
      const { code, stderr } = await runCommand('systemd-analyze', ['verify', installable(tree, name)]);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
    });

    it(`mailpair-${name}.service is as hardened as systemd-analyze security calls OK`, async () => {
      const unit = installable(tree, name);
      const offline = ['security', '--offline=true', '--threshold=25', unit];
      const { code, stdout, stderr } = await runCommand('systemd-analyze', offline);
      expect(code, stdout.split('\n').at(-2) ?? stderr).to.equal(0);
    });
  }

  it('verify does catch a fault in a unit', async () => {
    tree.write({ 'bad.service': '[Service]\nExecStart=/bin/true\nProtectSytem=strict\n' });
    const { stderr } = await runCommand('systemd-analyze', ['verify', join(tree.root, 'bad.service')]);
    expect(stderr).to.match(/ProtectSytem/);
  });

  it('leaves MemoryDenyWriteExecute off, without which V8 does not start', () => {
    for (const name of unitNames)
      expect(readFileSync(join(checkout, source, `mailpair-${name}.service`), 'utf8')).to.match(
        /^MemoryDenyWriteExecute=no$/m,
      );
  });

  it('the account and the directories are made as described', async function () {
    if (!hasCommand('systemd-sysusers') || !hasCommand('systemd-tmpfiles'))
      skipBecause(this, 'no systemd-sysusers or systemd-tmpfiles here: apt-get install systemd');
    if (process.getuid?.() !== 0) skipBecause(this, 'must be root to make files that belong to others');
    const root = join(tree.root, 'root');
    tree.write({ 'root/etc/passwd': 'root:x:0:0::/root:/bin/sh\n', 'root/etc/group': 'root:x:0:\n' });
    mkdirSync(join(root, 'var/spool'), { recursive: true });
    const sysusers = join(checkout, source, 'sysusers.d/mailpair.conf');
    const tmpfiles = join(checkout, source, 'tmpfiles.d/mailpair.conf');
    expect(await runCommand('systemd-sysusers', [`--root=${root}`, sysusers])).to.include({ code: 0 });
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).to.match(/^mailpair:.*:\/usr\/sbin\/nologin$/m);
    tree.write({ 'root/usr/lib/tmpfiles.d/mailpair.conf': readFileSync(tmpfiles, 'utf8') });
    const create = ['--create', `--root=${root}`, 'mailpair.conf'];
    expect(await runCommand('systemd-tmpfiles', create)).to.include({ code: 0 });
    for (const role of roles) {
      const spool = statSync(join(root, `var/spool/mailpair-${role}`));
      expect(spool.mode & 0o777).to.equal(0o700);
      expect(spool.uid).to.not.equal(0);
    }
    expect(statSync(join(root, 'etc/mailpair')).mode & 0o777).to.equal(0o750);
  });
});
