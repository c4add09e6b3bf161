import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Judged } from '@mailpair/shared/filter/pipeline/judging';
import { messageRecordsIn, openRecords, type Records } from '@mailpair/shared/filter/pipeline/recording';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { linesSince } from '@mailpair/shared/platform/files/segments';
import { replies } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bytesLeftBehind, ROUNDS } from '../../../support/nursery.ts';
import { receivedMessage } from '../../../support/received-message.ts';
import { bodyText } from '../../../support/spool-mail.ts';

const BODY_BYTES = 50_000;
/** In all rounds fewer than are composed together, so all of their records are still to be written. */
const MESSAGES = 20;

describe('the record of a message, until it is written', () => {
  let directory: string;
  let records: Records;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-records-'));
    records = openRecords({
      directory,
      host: 'mx-in.example.com',
      settings: () => ({ records: { keepMs: 86_400_000, maxBytes: 100_000_000 } }),
      clock: systemClock,
      log: silentLog,
    });
  });

  afterEach(async () => {
    await records.close();
    rmSync(directory, { recursive: true });
  });

  it('keeps none of its octets in memory', async () => {
    const left = bytesLeftBehind({ count: MESSAGES, atATime: 0, come: record, go: () => undefined });
    expect(left).to.be.below((MESSAGES * BODY_BYTES) / 4);
    await records.flush();
    let lines = 0;
    for await (const _ of linesSince(messageRecordsIn(directory), 0)) lines += 1;
    expect(lines).to.equal(ROUNDS * MESSAGES);
  });

  function record(n: number): void {
    const text = `Subject: no. ${n}\r\n\r\n${'x'.repeat(BODY_BYTES)}\r\n`;
    const message = receivedMessage({ id: `M${n}`, body: bodyText(text) });
    records.message(message, judged, replies.queued(message.id));
  }
});

const judged = {
  facts: {
    role: 'mx',
    at: 0,
    client: { address: '192.0.2.7', helo: 'h.test' },
    recipients: ['anna@example.com'],
    learnt: {},
  },
  judgements: [{ verdict: { kind: 'accept', reason: 'score 0' }, score: 0, findings: [] }],
  verdicts: [{ kind: 'accept', reason: 'score 0' }],
} as unknown as Judged;
