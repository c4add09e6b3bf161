import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import type { Judged } from '@mailpair/shared/filter/pipeline/judging';
import { Marking } from '@mailpair/shared/gateway/intake/marking';
import { Signing } from '@mailpair/shared/gateway/sign/signing';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Verdict } from '@mailpair/shared/filter/contract/verdict';
import { receivedMessage } from '../../../support/received-message.ts';
import { rsaPem, verify, writeKeys, zoneOf } from '../../../support/dkim.ts';
import { authenticated, type Authenticated } from '../../filter/dkim-dmarc-arc/authentications.ts';

const text = 'From: a@sender.test\r\nTo: anna@example.com\r\nSubject: Hello\r\n\r\nOne line.\r\n';
const forged = 'X-Mailpair-Verdict: accept\r\n';

describe('what is written into the header', () => {
  let directory: string;
  let signing: Signing;
  let settings: Settings;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-'));
    writeKeys(directory, 'example.com', { s1: rsaPem() });
    settings = {
      domains: [{ name: 'example.com' }],
      inbound: { host: 'mx-in.example.com', addresses: [], sourceAddresses: [], nodes: [] },
      outbound: { host: 'mx-out.example.com', addresses: [], sourceAddresses: [], nodes: [] },
      dkim: { keys: directory, require: false, onFault: 'send', watchMs: 3_600_000 },
      judge: { mode: 'enforce' },
      limits: { memoryPerMessageBytes: 100_000 },
      marks: { results: true, verdict: 'tagged', subject: '[SPAM]', seal: 'changed' },
    } as unknown as Settings;
    signing = new Signing({
      settings: () => settings,
      resolver: { resolveTxt: () => Promise.reject(new Error('not asked')) },
      log: silentLog,
      metrics: { signed: () => undefined, watchSigning: () => undefined, watchKeys: () => undefined },
    });
  });
  after(() => {
    signing.close();
    rmSync(directory, { recursive: true });
  });

  /** The message as it goes on. */
  function marked(
    message: string,
    verdict: Verdict,
    arc: Authenticated['arc'] = { result: 'none' },
  ): Promise<string> {
    const marking = new Marking({
      settings: () => settings,
      host: 'mx-in.example.com',
      signing,
      incomingDirectory: directory,
      room: new BlockPool(() => 0),
    });
    const judged: Judged = {
      facts: authenticated({ spf: { result: 'pass' }, arc }),
      judgements: [{ verdict, score: 5, findings: [{ rule: 'dmarc.none', score: 5, evidence: '' }] }],
      verdicts: [verdict],
    };
    const whole = receivedMessage({ receivedAt: Date.now(), body: bodyOf(Buffer.from(message)) });
    return marking.mark(whole, judged, ({ head, body }) =>
      Promise.resolve(head + Buffer.concat(body.chunks!).toString()),
    );
  }

  const accept: Verdict = { kind: 'accept', reason: '' };
  const tag: Verdict = { kind: 'tag', reason: '' };

  it('goes on top of a message that is not changed, which is not sealed', async () => {
    const result = await marked(text, accept);
    expect(result).to.match(/^Received: here\r\nAuthentication-Results: mx-in\.example\.com;\r\n\tspf=pass/);
    expect(result.endsWith(`\r\n${text}`)).to.equal(true);
    expect(result).to.not.include('ARC-');
  });

  it('is sealed where the message is changed, and the seal holds', async () => {
    const result = await marked(forged + text, tag);
    expect(result).to.match(/^ARC-Seal: i=1;/);
    expect(result).to.include('Subject: [SPAM] Hello').and.to.not.include('Verdict: accept');
    expect(result).to.include('ARC-Authentication-Results: i=1; mx-in.example.com;');
    const zone = zoneOf(directory, 'example.com', ['s1']);
    expect(await verify(Buffer.from(result), zone)).to.include({ arc: 'pass' });
    expect(await verify(Buffer.from(result.replace('One', 'Two')), zone)).to.include({ arc: 'fail' });
  });

  it('is a subject of its own where there is none', async () => {
    expect(await marked('From: a@sender.test\r\n\r\nx\r\n', tag)).to.include(
      '\r\nSubject: [SPAM]\r\nFrom: a@',
    );
  });

  it('is nothing on mail that is refused', async () => {
    const reply = { code: 550, enhanced: '5.7.1', text: 'no' };
    expect(await marked(forged + text, { kind: 'reject', reason: '', reply })).to.equal(
      `Received: here\r\n${forged}${text}`,
    );
  });

  describe('is taken away where a stranger wrote it', () => {
    const padding = '\r\n\t(x)'.repeat(4_000);
    for (const field of [
      'Authentication-Results: (a (b)) mx-in.example.com; dmarc=pass\r\n',
      'Authentication-Results: (\\)) mx-in.example.com; dmarc=pass\r\n',
      `Authentication-Results:${padding}\r\n\tmx-in.example.com; dmarc=pass\r\n`,
      `Authentication-Results: mx.other.test;${padding}\r\n\tmx-in.example.com; dmarc=pass\r\n`,
      `Authentication-Results: mx.other.test; ${'x'.repeat(20_000)} mx-in.example.com; dmarc=pass\r\n`,
      'Authentication-Results\r\n : mx-in.example.com; dmarc=pass\r\n',
      `Authentication-Results${'\r\n '.repeat(9_000)}: mx-in.example.com; dmarc=pass\r\n`,
      'X-Mailpair-Verdict\r\n\t: accept\r\n',
      'ARC-Authentication-Results: i=1; mx-in.example.com; dmarc=pass\r\n',
    ])
      it(JSON.stringify(field.slice(0, 80)), async () => {
        const result = await marked(`X: y\r\n${field}${text}`, accept);
        expect(result.endsWith(`\r\nX: y\r\n${text}`)).to.equal(true);
      });
  });

  it('stays where others wrote it, and where a set is of a chain that holds and that we sealed', async () => {
    const foreign =
      'Authentication-Results: mx.other.test; dmarc=pass\r\n' +
      'ARC-Authentication-Results: i=1; mx.other.test; spf=pass smtp.helo=mx-out.example.com\r\n';
    expect(await marked(foreign + text, accept)).to.match(new RegExp(`${foreign}${text}$`));
    const set = 'ARC-Authentication-Results: i=1; mx-in.example.com; dmarc=pass\r\n';
    const sealedBy = (sealer: string): Promise<string> =>
      marked(set + text, accept, { result: 'pass', sealers: [sealer], saw: [''] });
    expect((await sealedBy('example.com')).endsWith(`\r\n${set}${text}`)).to.equal(true);
    expect((await sealedBy('evil.test')).includes(set)).to.equal(false);
  });

  it('does not take a field that goes on before its colon for a subject to change', async () => {
    const odd = `Subject${'\r\n '.repeat(9_000)}: x\r\n`;
    expect(await marked(`${odd}From: a@sender.test\r\n\r\nx\r\n`, tag)).to.include('Subject: [SPAM]\r\n');
  });
});
