import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PairFacts } from '@mailpair/planner/smarthost/facts';
import { composeGuide } from '@mailpair/planner/smarthost/guide';
import { guideForPostfix } from '@mailpair/planner/smarthost/postfix';
import { argumentsStep } from '@mailpair/planner/smarthost/script-arguments';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

const PASSWORD = `ge heim$1^:"x'\\n\`id\`$(id)%s`;

const facts: PairFacts = {
  relay: { host: 'mx-out.example.com', port: 587, tls: 'starttls', address: null },
  fallback: null,
  verify: false,
  credentials: true,
  pair: ['192.0.2.10'],
  refusal: 'Mail comes by the pair only',
  notes: [],
};

describe('the arguments of a script', () => {
  let directory: string;
  let passwordFile: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-script-'));
    passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, `${PASSWORD}\nsecond line\n`);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const sh = (script: string, ...argv: readonly string[]) => {
    const file = join(directory, 'script.sh');
    writeFileSync(file, script);
    const env = { PATH: `${join(directory, 'bin')}:${process.env['PATH']}`, LC_ALL: 'C' };
    return spawnSync('sh', [file, ...argv], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const read = (...argv: readonly string[]) => {
    const [step] = argumentsStep(facts, { kind: 'DIR', preset: '/tmp' });
    return sh(`${step!.code}\nprintf '%s|%s|%s' "$user" "$password" "$config"`, ...argv);
  };
  const who = (): string[] => ['--user', 'local', '--password-file', passwordFile];

  it('are user, the first line of the password file, and the configuration', () => {
    expect(read(...who())).to.include({ status: 0, stdout: `local|${PASSWORD}|/tmp` });
    writeFileSync(passwordFile, PASSWORD);
    for (const name of ['--config', '-c'])
      expect(read(name, directory, ...who()).stdout).to.equal(`local|${PASSWORD}|${directory}`);
  });

  it('are asked for before anything is done', () => {
    const without = (left: string): string[] => {
      const all = who();
      all.splice(all.indexOf(left), 2);
      return all;
    };
    const empty = join(directory, 'empty');
    writeFileSync(empty, '');
    const literal = join(directory, 'literal');
    writeFileSync(literal, 'PASSWORD\n');
    const windows = join(directory, 'windows');
    writeFileSync(windows, 'geheim\r\n');
    const wrong: Readonly<Record<string, readonly string[]>> = {
      '--user is missing': without('--user'),
      '--password-file is missing': without('--password-file'),
      'the value of --user is missing': ['--user'],
      'no option --password': [...who(), '--password', 'geheim'],
      'other characters': ['--user', 'local:x', '--password-file', passwordFile],
      'is empty': ['--user', 'local', '--password-file', empty],
      'no file that can be read': ['--user', 'local', '--password-file', directory],
      'is no password': ['--user', 'local', '--password-file', literal],
      'first line': ['--user', 'local', '--password-file', windows],
      'begins with /': [...who(), '--config', 'etc'],
      'is no directory': [...who(), '--config', passwordFile],
      'letters, digits and / . _ -': [...who(), '--config', '/tmp/$(id)'],
    };
    for (const [message, argv] of Object.entries(wrong)) {
      const { status, stdout, stderr } = read(...argv);
      expect({ status, stdout }, stderr).to.deep.equal({ status: 2, stdout: '' });
      expect(stderr).to.include(message).and.to.include('usage: sh SCRIPT --user NAME --password-file FILE');
    }
    expect(read('--user', 'USER', '--password-file', passwordFile)).to.include({ status: 2 });
  });

  it('are none where there is nothing to be told', () => {
    expect(argumentsStep({ ...facts, credentials: false }, null)).to.be.empty;
    const [step] = argumentsStep({ ...facts, credentials: false }, { kind: 'FILE', preset: '' });
    expect(sh(`${step!.code}\necho "[$config]"`)).to.include({ status: 0, stdout: '[]\n' });
  });

  it('lead the script for Postfix to another directory, with the password as it is', () => {
    const config = join(directory, 'postfix-other');
    mkdirSync(config);
    writeFileSync(join(config, 'main.cf'), 'myhostname = mail.example.com\n');
    mkdirSync(join(directory, 'bin'));
    for (const name of ['postconf', 'postfix']) {
      writeFileSync(join(directory, 'bin', name), `#!/bin/sh\nprintf '%s\\n' "${name} $*"\n`);
      chmodSync(join(directory, 'bin', name), 0o755);
    }
    const script = composeGuide(guideForPostfix(facts), []);
    expect(sh(script)).to.include({ status: 2, stdout: '' });
    const { status, stdout, stderr } = sh(script, ...who(), '--config', config);
    expect(status, stderr).to.equal(0);
    expect(readFileSync(join(config, 'mailpair-credentials'), 'utf8')).to.equal(
      `[mx-out.example.com]:587 local:${PASSWORD}\n`,
    );
    expect(readFileSync(join(config, 'mailpair-pair'), 'utf8')).to.match(/^192\.0\.2\.10 OK\n/);
    expect(readFileSync(join(config, 'main.cf.before-mailpair'), 'utf8')).to.include('myhostname');
    const told = stdout.trim().split('\n');
    expect(told).to.have.length(4);
    for (const line of told) expect(line).to.match(new RegExp(`^post(conf|fix) -c ${config} `));
  });
});
