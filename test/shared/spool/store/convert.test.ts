/** A spool as version 0.1.0 left it: records without a lane, an index of times alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dueText } from '@mailpair/shared/spool/store/record';
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { dueAt, type Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { implementation, tamper } from '../../../support/lmdb-spool.ts';
import { bodyText, dueAgain, entryOf, octetsOf } from '../../../support/spool-mail.ts';

describe('A spool of version 0.1.0', () => {
  const body = bodyText('kept');
  const entries = Array.from({ length: 2_500 }, (_, n): Entry => {
    const entry = entryOf(`id${String(n).padStart(4, '0')}`, body, n % 100 === 7 ? { held: true } : {});
    return dueAgain(entry, 10_000 - n);
  });
  let directory: string;
  let spool: Spool | undefined;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-convert-'));
    await (await implementation.open(directory)).close();
    await tamper(directory, (store) => {
      for (const entry of entries) {
        const due = dueText(dueAt(entry));
        store.entries.put(entry.id, Buffer.from(`${due}m0002\n${JSON.stringify(entry)}`));
        store.bodies.put(entry.id, Buffer.concat([...body.chunks]));
        store.due.put(due + entry.id, Buffer.alloc(0));
      }
    });
  });

  afterEach(async () => {
    await spool?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function expectWhole(opened: Spool): Promise<void> {
    const due = entries.filter((entry) => !entry.held).toReversed();
    expect([...opened.list()]).to.deep.equal(entries);
    expect(opened.due('example.com ', 1e6, 9_999).entries).to.deep.equal(due);
    expect([...opened.held()].map(({ id }) => id)).to.have.length(25);
    expect(octetsOf(await opened.body(entries[3]!)).toString()).to.equal('kept');
    expect(opened.damaged()).to.deep.equal([]);
  }

  it('is taken over when it is opened: every entry, when it is due, what is held, bodies', async () => {
    spool = await implementation.open(directory);
    await expectWhole(spool);
    await spool.remove('id0000');
    await spool.close();
    await tamper(directory, (store) =>
      expect([store.due.count(), store.lanes.count()]).to.deep.equal([0, 2_499]),
    );
    spool = undefined;
  });

  it('is taken over from where it was when that was cut off in the middle', async () => {
    spool = await implementation.open(directory);
    await spool.close();
    await tamper(directory, (store) => {
      for (const entry of entries.slice(0, 1_000)) {
        const due = dueText(dueAt(entry));
        store.entries.put(entry.id, Buffer.from(`${due}m0002\n${JSON.stringify(entry)}`));
        store.due.put(due + entry.id, Buffer.alloc(0));
        store.lanes.remove(`${entry.held ? '~' : 'example.com '}\t${due}${entry.id}`);
      }
    });
    spool = await implementation.open(directory);
    await expectWhole(spool);
  });
});
