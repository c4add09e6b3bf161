import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { reportDirectory, Reporting } from '@mailpair/shared/gateway/intake/dmarc-reporting';
import { rowsIn } from '@mailpair/shared/filter/dmarc-reports/day-files';
import type { Judged } from '@mailpair/shared/filter/pipeline/judging';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { DnsError } from '@mailpair/shared/platform/dns/resolver';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { authenticated, type Authenticated } from '../../filter/dkim-dmarc-arc/authentications.ts';

const DAY = 24 * 60 * 60 * 1000;
const noon = Date.parse('2026-11-24T12:00:00Z');

const publishedBy = (domain: string, rua = `mailto:r@${domain}`) =>
  ({ domain, p: 'reject', adkim: 'r', aspf: 's', rua }) as const;

describe('reports of DMARC', () => {
  let directory: string;
  let now: number;
  let sent: { entry: Entry; text: string }[];
  let reporting: Reporting;
  let reports: Settings['dmarcReports'];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-'));
    now = noon;
    sent = [];
    reports = { collect: true, keepMs: 30 * DAY, send: true, from: 'dmarc@example.com' };
    reporting = open();
  });
  afterEach(async () => {
    await reporting.close();
    rmSync(directory, { recursive: true });
  });

  const open = (): Reporting =>
    new Reporting({
      settings: () =>
        ({
          dmarcReports: reports,
          judge: { mode: 'enforce' },
          queue: { expireMs: DAY },
        }) as unknown as Settings,
      host: 'mx-in.example.com',
      directory,
      resolver: {
        resolveTxt: (name) =>
          Promise.reject(
            name.endsWith('mute.test')
              ? new DnsError('temporary', 'ESERVFAIL', 'silence')
              : new DnsError('no-such-domain', 'ENOTFOUND', 'none'),
          ),
      },
      spool: {
        add: (entry: Entry, body: Body) => {
          sent.push({ entry, text: Buffer.concat(body.chunks!).toString() });
          return Promise.resolve();
        },
      },
      signing: { own: ({ head }) => `DKIM-Signature: x\r\n${head}` },
      nextId: () => 'id-1',
      queued: () => undefined,
      clock: { now: () => now },
      log: silentLog,
      metrics: { authenticated: () => undefined },
    });

  function note(told: Authenticated, times = 1): void {
    const facts = { ...authenticated(told), at: now };
    const judged = { facts, judgements: [{ findings: [] }], verdicts: [] } as unknown as Judged;
    for (let i = 0; i < times; i++) reporting.note(judged);
  }

  const pass = (domain: string, rua?: string): Authenticated => ({
    dmarc: { result: 'pass', domain, aligned: ['spf'], published: publishedBy(domain, rua) },
  });

  it('are sent once, the day after, to the domains that were seen', async () => {
    note(pass('sender.test'), 3);
    note(pass('other.test'));
    await reporting.look();
    expect(sent).to.deep.equal([]);
    now += DAY;
    await reporting.look();
    await reporting.look();
    expect(sent.map(({ entry }) => entry.recipients.map(({ address }) => address))).to.deep.equal([
      ['r@sender.test'],
      ['r@other.test'],
    ]);
    const { entry, text } = sent[0]!;
    expect(entry).to.include({ reversePath: 'dmarc@example.com' });
    expect(entry.head).to.match(/^DKIM-Signature: x\r\nReceived: by mx-in\.example\.com/);
    expect(text).to.include(
      'Subject: Report Domain: sender.test\r\n\tSubmitter: mx-in.example.com\r\n\tReport-ID: <2026-11-24.sender.test.mx-in.example.com>',
    );
    expect(text).to.include('filename="mx-in.example.com!sender.test!1795478400!1795564799.xml.gz"');
    expect(text.split('\r\n').every((line) => line.length <= 998)).to.equal(true);
    const base64 = /Content-Disposition[^]*?\r\n\r\n([^-]*)--/.exec(text)![1]!;
    const xml = gunzipSync(Buffer.from(base64, 'base64')).toString();
    for (const part of [
      '<org_name>example.com</org_name>',
      '<begin>1795478400</begin>',
      '<domain>sender.test</domain>',
      '<aspf>s</aspf>',
      '<count>3</count>',
      '<source_ip>192.0.2.7</source_ip>',
      '<spf>pass</spf>',
      '<header_from>sender.test</header_from>',
      '<scope>mfrom</scope>',
    ])
      expect(xml).to.include(part);
    expect(xml.match(/<record>/g)).to.have.length(1);
  });

  it('are not sent where nobody asked for it, or to whom does not want them', async () => {
    note(pass('sender.test', 'mailto:victim@elsewhere.test'));
    now += DAY;
    await reporting.look();
    expect(sent).to.deep.equal([]);
    reports = { ...reports, send: false };
    note(pass('sender.test'));
    now += DAY;
    await reporting.look();
    expect(sent).to.deep.equal([]);
  });

  it('wait while DNS does not say', async () => {
    note(pass('sender.test', 'mailto:r@mute.test'));
    note(pass('other.test'));
    now += DAY;
    await reporting.look();
    expect(sent).to.have.length(1);
    expect(readdirSync(reportDirectory(directory))).to.include('2026-11-24.sent');
    await reporting.look();
    expect(sent).to.have.length(1);
  });

  it('survive a restart, and a line that was cut', async () => {
    note(pass('sender.test'), 2);
    await reporting.close();
    appendFileSync(join(reportDirectory(directory), '2026-11-24.jsonl'), '{"count":7}\t{"published":{"dom');
    reporting = open();
    const [row] = rowsIn([reportDirectory(directory)], '2026-11-24');
    expect(row).to.include({ count: 2 });
    expect(rowsIn([reportDirectory(directory)], '2026-11-24')).to.have.length(1);
  });

  it('are forgotten in time', async () => {
    note(pass('sender.test'));
    await reporting.look();
    now += 32 * DAY;
    await reporting.look();
    expect(readdirSync(reportDirectory(directory))).to.deep.equal([]);
    expect(sent).to.deep.equal([]);
  });

  it('write what strangers named so that it stays text', async () => {
    note({ ...pass('sender.test'), dkim: [{ domain: 'a<b>&"c', selector: '\u0001' }] });
    now += DAY;
    await reporting.look();
    const base64 = /Content-Disposition[^]*?\r\n\r\n([^-]*)--/.exec(sent[0]!.text)![1]!;
    const xml = gunzipSync(Buffer.from(base64, 'base64')).toString();
    expect(xml)
      .to.include('<domain>a&lt;b&gt;&amp;&quot;c</domain>')
      .and.to.include('<selector>?</selector>');
  });
});
