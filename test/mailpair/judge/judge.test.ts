import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startDns, type TestDns } from '../../support/dns-server.ts';
import { addressList } from '../../support/list-zone.ts';
import { mailpair, type Said } from '../command.ts';

const MAIL = 'From: A <a@sender.test>\nSubject: Hello\nMessage-ID: <1@sender.test>\n\nHello\n';

describe('mailpair judge', () => {
  let directory: string;
  let dns: TestDns;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-judge-'));
    dns = await startDns({
      ...addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
      'sender.test': { TXT: ['v=spf1 ip4:192.0.2.8 -all'] },
    });
    writeFileSync(join(directory, 'mail.eml'), MAIL);
    writeFileSync(
      join(directory, 'mailpair.yaml'),
      `domains: [example.com]
localServers: ["mail.internal:25"]
inbound: { host: mx-in.example.com, spool: ${join(directory, 'inbound')} }
outbound: { host: mx-out.example.com, spool: ${join(directory, 'outbound')}, trusted: [10.0.0.0/24] }
dns: { servers: ["${dns.address}"] }
lists: { deny: [{ zone: bl.test, score: 8 }] }
judge:
  policies: [{ for: [ben@example.com], quarantineAt: never, rejectAt: never }]
  rules: [{ name: hello, when: { subject: hello }, score: 0.5 }]
`,
    );
  });

  after(async () => {
    await dns.close();
    rmSync(directory, { recursive: true });
  });

  const judge = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['judge', ...argv, '--config', join(directory, 'mailpair.yaml')], {
      stdin: Readable.from([MAIL]),
    });
  const file = (): string => join(directory, 'mail.eml');

  it('explains stage by stage, for each recipient', async () => {
    const { out, code, err } = await judge(
      ...[file(), '--client', '192.0.2.7', '--helo', 'mail.sender.test', '--from', 'a@sender.test'],
      ...['--to', 'anna@example.com', '--to', 'ben@example.com'],
    );
    expect(err).to.equal('');
    expect(code).to.equal(1);
    expect(out).to.match(/^ {2}accept +mail\.sender\.test \[192\.0\.2\.7\] at mx/m);
    expect(out).to.match(/^ {2}learnt +reverseName /m);
    expect(out).to.match(/^ +spf \([\d.]+ ms\): {"result":"fail"/m);
    expect(out).to.match(/^ {2}judge +anna@example\.com: (quarantine|reject)/m);
    expect(out).to.match(/^ {2}judge +ben@example\.com: tag/m);
    expect(out).to.match(/\+8 {2}dns-list\.bl\.test: 192\.0\.2\.7 is listed/);
    expect(out).to.match(/\+0\.5 {2}rule\.hello: /);
    expect(out).to.match(/^ {2}reply +250 /m);
  });

  it('says whether the score or a finding decided: the strictest of both', async () => {
    const rules = '[{ name: hello, when: { subject: hello }, verdict: quarantine }]';
    const { out } = await judge(
      ...[file(), '--client', '192.0.2.7', '--to', 'anna@example.com', '--to', 'ben@example.com'],
      ...['--set', `judge.rules=${rules}`, '--set', 'judge.rejectAt=8'],
    );
    expect(out).to.match(/^ {2}judge +anna@example\.com: reject by score [\d.]+$/m);
    expect(out).to.match(/^ {2}judge +ben@example\.com: quarantine by rule\.hello: .*, score [\d.]+$/m);
  });

  it('gives all of it as JSON, from stdin too, and exits 0 where it goes on', async () => {
    const { out, code } = await judge(
      ...['-', '--client', '192.0.2.8', '--from', '<a@sender.test>', '--to', 'anna@example.com', '--json'],
    );
    expect(code).to.equal(0);
    const { record, refusedAtRcpt } = JSON.parse(out) as {
      record: { facts: { learnt: Record<string, { value: object }>; message: object }; judgements: object[] };
      refusedAtRcpt: object[];
    };
    expect(refusedAtRcpt).to.deep.equal([]);
    expect(record.facts.learnt['spf']!.value).to.include({ result: 'pass' });
    expect(record.facts.message).to.include({ sizeBytes: MAIL.length + MAIL.split('\n').length - 1 });
    expect(record.judgements).to.have.length(1);
  });

  it('says what is refused at RCPT', async () => {
    const { out, code } = await judge(
      ...[file(), '--client', '192.0.2.7', '--to', 'anna@example.com', '--set', 'lists.refuseAt=5'],
    );
    expect(code).to.equal(1);
    expect(out).to.match(/^RCPT anna@example\.com: 550 5\.7\.1 192\.0\.2\.7 is listed by bl\.test/m);
  });

  it('asks for what it must know', async () => {
    expect((await judge(file(), '--to', 'anna@example.com')).err).to.include('--client is the address');
    expect((await judge(file(), '--client', '192.0.2.7')).err).to.include('a recipient is missing');
  });
});
