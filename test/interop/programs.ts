/**
 * The programs of the machine that the tests against real servers use. Loaded by mocharc.json, it prints at the start
 * of a run which there are, in what version, and how to install those that are missing. Each test that needs a
 * missing one is skipped and says so.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';
import { missingSets } from './machine.ts';

interface Program {
  readonly debianPackage: string;
  /** A command that says the version somewhere in its output. */
  readonly version: readonly string[];
}

const programs = {
  postfix: { debianPackage: 'postfix', version: ['postconf', '-d', '-h', 'mail_version'] },
  'smtp-source': { debianPackage: 'postfix', version: ['postconf', '-d', '-h', 'mail_version'] },
  'smtp-sink': { debianPackage: 'postfix', version: ['postconf', '-d', '-h', 'mail_version'] },
  strace: { debianPackage: 'strace', version: ['strace', '--version'] },
  'named-checkzone': { debianPackage: 'bind9-utils', version: ['named-checkzone', '-v'] },
  named: { debianPackage: 'bind9', version: ['named', '-v'] },
  knotd: { debianPackage: 'knot', version: ['knotd', '-V'] },
  haproxy: { debianPackage: 'haproxy', version: ['haproxy', '-v'] },
  keepalived: { debianPackage: 'keepalived', version: ['keepalived', '--version'] },
  nginx: { debianPackage: 'nginx libnginx-mod-stream', version: ['nginx', '-v'] },
  nsupdate: { debianPackage: 'bind9-dnsutils', version: ['nsupdate', '-V'] },
  pdns_server: { debianPackage: 'pdns-server', version: ['pdns_server', '--version'] },
  clamd: { debianPackage: 'clamav-daemon', version: ['clamd', '--version'] },
  rspamd: { debianPackage: 'rspamd', version: ['rspamd', '--version'] },
  curl: { debianPackage: 'curl', version: ['curl', '--version'] },
  openssl: { debianPackage: 'openssl', version: ['openssl', 'version'] },
  tnef: { debianPackage: 'tnef', version: ['tnef', '--version'] },
  promtool: { debianPackage: 'prometheus', version: ['promtool', '--version'] },
  python3: { debianPackage: 'python3', version: ['python3', '--version'] },
  'systemd-analyze': { debianPackage: 'systemd', version: ['systemd-analyze', '--version'] },
} satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

/** Where Debian keeps servers' commands, which are not on everybody's PATH. */
const systemFolders = ['/usr/sbin', '/sbin'];

export function pathOf(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).concat(systemFolders);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The path of a program; the running test, or its whole suite in `before`, is skipped where it is missing. */
export function needProgram(context: Context, name: ProgramName): string {
  const path = pathOf(name);
  return path ?? skipBecause(context, `${name} is missing; install it with: ${installation([name])}`);
}

/** @public mocha calls it. */
export function mochaGlobalSetup(): void {
  const names = Object.keys(programs) as ProgramName[];
  const missing = names.filter((name) => pathOf(name) === undefined);
  for (const name of names)
    process.stdout.write(`  ${name.padEnd(16)} ${missing.includes(name) ? 'missing' : versionOf(name)}\n`);
  if (missing.length > 0) process.stdout.write(`  install what is missing: ${installation(missing)}\n`);
  if (missingSets().length > 0)
    process.stdout.write(
      `  no packages of ${missingSets().join(', ')}: get them with .ci/fetch-mail-servers\n`,
    );
}

function installation(names: readonly ProgramName[]): string {
  const packages = new Set(names.map((name) => programs[name].debianPackage));
  return `apt-get install --no-install-recommends ${[...packages].join(' ')}`;
}

function versionOf(name: ProgramName): string {
  const [command = '', ...args] = programs[name].version;
  const { stdout, stderr } = spawnSync(pathOf(command) ?? command, args, { encoding: 'utf8' });
  return /\d+(\.\d+)*/.exec(`${stdout}${stderr}`)?.[0] ?? 'of unknown version';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
