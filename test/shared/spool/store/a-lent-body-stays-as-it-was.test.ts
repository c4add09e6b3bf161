import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { entryOf } from '../../gateway/settle/entries.ts';

describe('a body in memory that is used again', () => {
  for (const sizeBytes of [20_000, 100_000, 1_000_000])
    it(`stays in the spool as it was added, when it has ${sizeBytes} octets`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'mailpair-lent-'));
      const spool = await openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock });
      const octets = Buffer.alloc(sizeBytes, 'Subject: x\r\n');
      const { sha256, hops, eightBit } = bodyOf(octets);
      const loan = { hold: () => undefined, letGo: () => undefined };
      const lent = Buffer.from(octets);
      const entry = entryOf({ id: 'lent', body: { sizeBytes, sha256, eightBit } });
      await spool.add(entry, { sizeBytes, sha256, hops, eightBit, chunks: [lent], loan });
      lent.fill('another');
      expect(await spool.body(entry)).to.include({ sizeBytes, sha256 });
      await spool.close();
      rmSync(directory, { recursive: true });
    });
});
