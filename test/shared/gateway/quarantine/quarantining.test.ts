import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQuarantine, type Quarantine } from '@mailpair/shared/gateway/quarantine/quarantining';
import { SpoolFullError } from '@mailpair/shared/spool/store/spool';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Judgement } from '@mailpair/shared/filter/contract/verdict';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { receivedMessage } from '../../../support/received-message.ts';
import { rejection } from '../../../support/rejection.ts';
import { bodyText, octetsOf } from '../../../support/spool-mail.ts';

const text =
  'FROM: A\r\n <a@sender.test>\r\nX: Subject: no\r\nSubject: Cheap\r\n\tpills\r\nMessage-ID: <1@x>\r\n\r\nSubject: body\r\n';
const judgement: Judgement = { verdict: { kind: 'quarantine', reason: 'score 8' }, score: 8, findings: [] };

describe('the quarantine', () => {
  let directory: string;
  let now: number;
  let quarantine: Quarantine;
  const open = (): Promise<Quarantine> =>
    openQuarantine({
      directory,
      settings: () =>
        ({
          quarantine: { keepMs: 1_000, maxBytes: 10_000 },
          queue: { minFreeBytes: 0 },
        }) as unknown as Settings,
      clock: { now: () => now },
      log: silentLog,
      onDamage: () => undefined,
    });
  const keep = (id: string, octets = text, ...to: string[]): Promise<void> => {
    const addresses = to.length > 0 ? to : ['anna@example.com'];
    const message = receivedMessage({ id, receivedAt: now, to: addresses, body: bodyText(octets) });
    return quarantine.keep(
      message,
      message.envelope.recipients.map((recipient) => ({ recipient, judgement })),
    );
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-quarantine-'));
    now = Date.now();
    quarantine = await open();
  });

  afterEach(async () => {
    await quarantine.close();
    rmSync(directory, { recursive: true });
  });

  it('keeps octets, recipients, reasons and what the header says, over a restart', async () => {
    await keep('A1', text, 'anna@example.com', 'ben@example.com');
    await quarantine.close();
    quarantine = await open();
    const entry = quarantine.get('A1')!;
    expect(entry.kept).to.deep.equal({
      from: 'A <a@sender.test>',
      subject: 'Cheap pills',
      messageId: '<1@x>',
      reasons: {
        'anna@example.com': { reason: 'score 8', score: 8 },
        'ben@example.com': { reason: 'score 8', score: 8 },
      },
    });
    expect(octetsOf(await quarantine.body(entry)).toString()).to.equal(text);
    expect(entry.expiresAt).to.equal(now + 1_000);
  });

  it('is full at its size and takes again when there is room, also after a restart', async () => {
    await keep('A1');
    await keep('A2');
    expect(await rejection(keep('A3'))).to.be.instanceOf(SpoolFullError);
    await quarantine.close();
    quarantine = await open();
    expect(await rejection(keep('A3'))).to.be.instanceOf(SpoolFullError);
    await quarantine.change('A1', () => null);
    await keep('A3');
    expect([quarantine.count(), quarantine.sizeBytes()]).to.deep.equal([2, 8_192]);
  });

  it('takes back what nobody was told 250 for', async () => {
    await keep('A1');
    await quarantine.drop('A1');
    expect([quarantine.count(), quarantine.sizeBytes()]).to.deep.equal([0, 0]);
  });

  it('deletes what was kept for long enough, and nothing before', async () => {
    await keep('A1');
    now += 600;
    await keep('A2');
    now += 401;
    quarantine.start();
    while (quarantine.get('A1')) await new Promise(setImmediate);
    expect([...quarantine.list()].map(({ id }) => id)).to.deep.equal(['A2']);
  });
});
