import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { minimal } from '../../shared/config/reading.ts';
import { mailpair as run, type Said, type Surroundings } from '../command.ts';

describe('mailpair config', () => {
  let directory = '';
  let file = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-'));
    file = join(directory, 'mailpair.yaml');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (text: string) => writeFileSync(file, `${text}dkim: { keys: ${directory}/dkim }\n`);
  /** With spools of its own, because a check by root looks at whom they belong to. */
  const mailpair = (argv: readonly string[], { env = {} }: Surroundings = {}): Promise<Said> => {
    const spool = (role: string): string => join(directory, `spool-${role}`);
    const spools = { MAILPAIR_INBOUND_SPOOL: spool('inbound'), MAILPAIR_OUTBOUND_SPOOL: spool('outbound') };
    return run(argv, { env: { ...spools, ...env } });
  };

  describe('check', () => {
    it('says ok and exits 0 when there is no fault', async () => {
      write(minimal());
      expect(await mailpair(['config', 'check', '--config', file])).to.deep.equal({
        code: 0,
        out: `${file}: ok\n`,
        err: '',
      });
    });

    it('tells every fault with value and fix, and exits 1', async () => {
      write(`smtp: { maxMesage: 5MB, maxHops: x }\n${minimal()}`);
      const { code, out, err } = await mailpair(['config', 'check'], { env: { MAILPAIR_CONFIG: file } });
      expect([code, err]).to.deep.equal([1, '']);
      expect(out.split('\n')).to.deep.equal([
        `${file}: 2 faults`,
        'smtp.maxMesage: is an unknown key (mailpair.yaml:1)',
        '    seen  5MB',
        '    fix   write smtp.maxMessage',
        'smtp.maxHops: is not a whole number from 1 to 1000 (mailpair.yaml:1)',
        '    seen  x',
        '    fix   write a whole number from 1 to 1000',
        '',
      ]);
    });

    it('tells faults and warnings as JSON', async () => {
      write(`smtp: { maxHops: x, maxRecipients: 5 }\n${minimal()}`);
      const { code, out } = await mailpair(['config', 'check', '--json', '--config', file]);
      const told = JSON.parse(out) as { ok: boolean; file: string; faults: object[]; warnings: object[] };
      expect([code, told.ok, told.file]).to.deep.equal([1, false, file]);
      expect(told.faults).to.deep.equal([
        {
          path: 'smtp.maxHops',
          seen: 'x',
          problem: 'is not a whole number from 1 to 1000',
          fix: 'write a whole number from 1 to 1000',
          from: 'mailpair.yaml:1',
        },
      ]);
      expect(told.warnings).to.have.length(1);
    });

    it('keeps warnings off stdout', async () => {
      write(`smtp: { maxRecipients: 5 }\n${minimal()}`);
      const { code, out, err } = await mailpair(['config', 'check', '--config', file]);
      expect([code, out]).to.deep.equal([0, `${file}: ok\n`]);
      expect(err).to.match(/^\S+: 1 warning\nsmtp\.maxRecipients: /);
    });

    it('judges files by the role', async () => {
      write(`outbound: { host: mx-out.example.com, users: ${directory}/users }\n${minimal('outbound')}`);
      const codeOf = async (...argv: string[]) =>
        (await mailpair(['config', 'check', '--config', file, ...argv])).code;
      expect(await codeOf()).to.equal(0);
      expect(await codeOf('--role', 'inbound')).to.equal(0);
      expect(await codeOf('--role', 'outbound')).to.equal(1);
      expect(await codeOf('--role', 'backup')).to.equal(2);
      expect(await codeOf('inbound')).to.equal(2);
    });

    it('heeds --set', async () => {
      write(minimal());
      const { out } = await mailpair(['config', 'check', '--config', file, '--set', 'send.idle=5']);
      expect(out).to.include('send.idle: is a duration without a unit (--set)');
    });

    it('tells of spools that are one where links lead', async () => {
      write(minimal());
      mkdirSync(join(directory, 'spool-inbound'));
      symlinkSync(join(directory, 'spool-inbound'), join(directory, 'spool-outbound'));
      const { code, out } = await mailpair(['config', 'check', '--config', file]);
      expect(code).to.equal(1);
      expect(out).to.include('outbound.spool: is the spool of inbound too (inbound.spool)');
    });

    it('tells of a file that is not there', async () => {
      const { code, out } = await mailpair(['config', 'check', '--config', '/nowhere/mailpair.yaml']);
      expect(code).to.equal(1);
      expect(out).to.include('there is no such file');
    });
  });

  describe('show', () => {
    it('shows values with where they come from', async () => {
      write(`smtp: { maxHops: 10 }\n${minimal()}`);
      const env = { MAILPAIR_SMTP_GREETING_PAUSE: '2s' };
      const argv = ['config', 'show', 'smtp', 'domains', '--config', file, '--set', 'smtp.maxMessage=25MB'];
      const { code, out } = await mailpair(argv, { env });
      expect(code).to.equal(0);
      expect(out.split('\n').map((line) => line.split(/ {2,}/))).to.deep.equal([
        ['domains', '["example.com"]', 'mailpair.yaml:2'],
        ['smtp.bareLineEnds', 'reject', 'default'],
        ['smtp.maxMessage', '25MB', '--set'],
        ['smtp.maxRecipients', '1000', 'default'],
        ['smtp.maxHops', '10', 'mailpair.yaml:1'],
        ['smtp.greetingPause', '2s', 'MAILPAIR_SMTP_GREETING_PAUSE'],
        ['smtp.earlyTalkers', 'refuse', 'default'],
        ['smtp.commandTimeout', '5m', 'default'],
        ['smtp.messageTimeout', '15m', 'default'],
        [''],
      ]);
    });

    it('shows them as JSON too, and never a password', async () => {
      write(`routes: { a.test: "smtp://me:geheim@h" }\n${minimal()}`);
      const plain = await mailpair(['config', 'show', '--config', file]);
      const json = await mailpair(['config', 'show', '--json', '--config', file]);
      expect([plain.code, json.code]).to.deep.equal([1, 1]);
      expect(plain.err).to.include('has faults');
      expect(plain.out + json.out + plain.err).to.not.include('geheim');
      expect(JSON.parse(json.out))
        .to.have.property('routes')
        .that.deep.equals({
          value: { 'a.test': 'smtp://me:***@h' },
          layer: 'file',
          from: 'mailpair.yaml:1',
          restart: [],
        });
    });

    it('says which keys need a restart, and of which gateway', async () => {
      write(minimal());
      const argv = ['config', 'show', 'queue.minFree', 'inbound.spool', 'inbound.url', '--config', file];
      const { out } = await mailpair(argv);
      expect(
        out
          .trimEnd()
          .split('\n')
          .map((line) => line.split(/ {2,}/).at(-1)),
      ).to.deep.equal([
        'default',
        'MAILPAIR_INBOUND_SPOOL; needs a restart of inbound',
        'default; needs a restart of inbound and outbound',
      ]);
      const json = await mailpair([...argv, '--json']);
      expect(JSON.parse(json.out))
        .to.have.nested.property('inbound\\.spool.restart')
        .that.deep.equals(['inbound']);
    });

    it('knows no other keys', async () => {
      write(minimal());
      const { code, err } = await mailpair(['config', 'show', 'smpt', '--config', file]);
      expect([code, err]).to.deep.equal([2, 'mailpair config show: no key or group is named smpt\n']);
    });
  });
});
