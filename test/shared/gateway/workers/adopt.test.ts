import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { lockSpool } from '@mailpair/shared/spool/store/owner-lock';
import { SpoolFullError, type Spool } from '@mailpair/shared/spool/store/spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { adoptSlots } from '@mailpair/shared/gateway/workers/adopt';
import { slotDirectory } from '@mailpair/shared/gateway/workers/slot';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { rejection } from '../../../support/rejection.ts';
import { stored, type Stored } from '../../api/gateway-fixture.ts';

const large = Buffer.alloc(300_000, 'large body\r\n');

describe('a slot without a worker', () => {
  let spool: string;
  let queue: Spool;
  let quarantine: Spool;

  const open = (directory: string): Promise<Spool> => {
    mkdirSync(directory, { recursive: true });
    return openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock });
  };
  async function fill(directory: string, ...messages: readonly Stored[]): Promise<void> {
    const store = await open(directory);
    await Promise.all(messages.map(({ entry, body }) => store.add(entry, body)));
    await store.close();
  }
  const adopt = (of = 1, into: Pick<Spool, 'add'> = queue): Promise<void> =>
    adoptSlots({
      spool,
      slot: { number: 0, of },
      queue: {
        get: (id) => queue.get(id),
        add: (entry, body) => into.add(entry, body),
        incomingDirectory: queue.incomingDirectory,
      },
      quarantine,
      clock: systemClock,
      log: silentLog,
      onDamage: () => undefined,
    });
  const ids = (): string[] => [...queue.list()].map(({ id }) => id);
  const octetsOf = async (entry: Entry): Promise<Buffer> => {
    const body: Body = await queue.body(entry);
    return body.path === undefined ? Buffer.concat(body.chunks ?? []) : readFileSync(body.path);
  };

  beforeEach(async () => {
    spool = mkdtempSync(join(tmpdir(), 'mailpair-adopt-'));
    queue = await open(spool);
    quarantine = await open(join(spool, 'quarantine'));
  });

  afterEach(async () => {
    await queue.close();
    await quarantine.close();
    rmSync(spool, { recursive: true });
  });

  it('leaves queue, quarantine, records and counts to another, and goes', async () => {
    const slot = slotDirectory(spool, 3);
    const [small, big] = [stored('A1'), stored('A2', { octets: large })];
    await fill(slot, small, big);
    await fill(join(slot, 'quarantine'), stored('A3'));
    for (const [path, text] of [
      ['records/messages/000001700000000.jsonl', '{"kind":"event"}\n'],
      ['dmarc/2026-11-24.jsonl', '{"count":2}\t{}\n'],
    ] as const)
      for (const [directory, content] of [
        [slot, text],
        [spool, `${text}own\n`],
      ] as const) {
        mkdirSync(join(directory, path, '..'), { recursive: true });
        writeFileSync(join(directory, path), content);
      }
    await adopt();
    expect(ids()).to.deep.equal(['A1', 'A2']);
    expect(queue.get('A1')).to.deep.equal(small.entry);
    expect((await octetsOf(queue.get('A2')!)).equals(large)).to.equal(true);
    expect([...quarantine.list()].map(({ id }) => id)).to.deep.equal(['A3']);
    expect(readdirSync(join(spool, 'records/messages'))).to.deep.equal([
      '000001700000000.jsonl',
      '000001700000001.jsonl',
    ]);
    expect(readFileSync(join(spool, 'dmarc/2026-11-24.jsonl'), 'utf8').split('\n')).to.have.length(4);
    expect(readdirSync(join(spool, 'slots'))).to.deep.equal([]);
    expect(readdirSync(spool).filter((name) => name.startsWith('adopted'))).to.deep.equal([]);
  });

  it('is left alone while it has a worker, or another adopts it', async () => {
    for (const number of [1, 2, 3]) await fill(slotDirectory(spool, number), stored(`B${number}`));
    await adopt(2);
    expect(ids()).to.deep.equal(['B2']);
    expect(readdirSync(join(spool, 'slots'))).to.deep.equal(['1', '3']);
  });

  it('is adopted once, though it breaks off at any entry and the number of workers changes', async () => {
    const all = Array.from({ length: 9 }, (_, n) => stored(`C${n}`, { ...(n % 2 && { octets: large }) }));
    await fill(slotDirectory(spool, 1), ...all);
    let room = 4;
    const full: Pick<Spool, 'add'> = {
      add: (entry, body) =>
        (room -= 1) >= 0 ? queue.add(entry, body) : Promise.reject(new SpoolFullError('full')),
    };
    expect(await rejection(adopt(1, full))).to.be.instanceOf(SpoolFullError);
    expect(ids()).to.have.length(4);
    // With two workers slot 1 would live on, but what it was is here already.
    await adopt(2);
    expect(ids()).to.have.length(9);
    for (const { entry, body } of all)
      expect((await octetsOf(queue.get(entry.id)!)).equals(Buffer.concat(body.chunks as Buffer[]))).to.equal(
        true,
      );
    await adopt(1);
    expect(ids()).to.have.length(9);
  });

  it('gives up what is here already, for it was adopted before a crash', async () => {
    const message = stored('D1');
    await fill(slotDirectory(spool, 1), message);
    const changed = { ...message.entry, expiresAt: 1 };
    await queue.add(changed, message.body);
    await adopt();
    expect(queue.get('D1')).to.deep.equal(changed);
    expect(existsSync(slotDirectory(spool, 1))).to.equal(false);
  });

  it('is waited for while a process of before still has it', async () => {
    const slot = slotDirectory(spool, 1);
    await fill(slot, stored('E1'));
    const lock = lockSpool(slot);
    const adopted = adopt();
    expect(existsSync(slot)).to.equal(true);
    lock.release();
    await adopted;
    expect(ids()).to.deep.equal(['E1']);
  });

  it('keeps what was set aside as damaged', async () => {
    const slot = slotDirectory(spool, 1);
    await fill(slot, stored('F1', { octets: large }), stored('F2'));
    writeFileSync(join(slot, 'bodies/F1'), 'spoilt');
    await adopt();
    expect(ids()).to.deep.equal(['F2']);
    expect(existsSync(join(spool, 'adopted-1/bodies/F1'))).to.equal(true);
    await adopt();
    expect(existsSync(join(spool, 'adopted-1/bodies/F1'))).to.equal(true);
  });
});
