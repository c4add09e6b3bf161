/** A map that is damaged: what can be reached is in the queue, what is found otherwise is held, and whatever is missing is reported. */
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance, type Chance } from '@mailpair/proving/loopback/chance';
import { checkMap } from '@mailpair/shared/spool/store/map-check';
import type { Damage, Spool } from '@mailpair/shared/spool/store/spool';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { implementation } from '../../../support/lmdb-spool.ts';
import { rejection } from '../../../support/rejection.ts';
import { bodyText, entryOf, octetsOf } from '../../../support/spool-mail.ts';

const MESSAGES = 120;
const PAGE = 4096;
const SIZES = [700, 700, 6000, 700, implementation.largeBodyBytes + 1];
const idOf = (n: number): string => `m${String(n).padStart(3, '0')}`;

describe('A damaged map', () => {
  let parent: string;
  let stored: string;
  let usedBytes: number;
  const opened: Spool[] = [];

  const open = async (directory: string, damages: Damage[] = []): Promise<Spool> => {
    const spool = await implementation.open(directory, (damage) => damages.push(damage));
    opened.push(spool);
    return spool;
  };

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), 'mailpair-map-'));
    stored = join(parent, 'stored');
    const spool = await open(stored);
    for (let n = 0; n < 2 * MESSAGES; n += 1) {
      const body = bodyText(`Subject: ${n}\r\n\r\n`.padEnd(SIZES[n % SIZES.length]!, 'x'));
      await spool.add(entryOf(idOf(n), body), body);
    }
    // The others were delivered: freed pages hold them.
    for (let n = MESSAGES; n < 2 * MESSAGES; n += 1) await spool.remove(idOf(n));
    await opened.pop()!.close();
    usedBytes = readFileSync(join(stored, 'queue.mdb')).findLastIndex((octet) => octet !== 0);
  });

  after(() => rmSync(parent, { recursive: true, force: true }));

  afterEach(async () => {
    for (const spool of opened.splice(0)) await spool.close();
  });

  const copyOf = (number: number | string): string => {
    const directory = join(parent, `${number}`);
    cpSync(stored, directory, { recursive: true });
    return directory;
  };

  async function openDamaged(number: number, what: string, damage: (map: string) => void): Promise<void> {
    const directory = copyOf(number);
    damage(join(directory, 'queue.mdb'));
    const damages: Damage[] = [];
    const spool = await open(directory, damages);
    const [whole, held]: [string[], string[]] = [[], []];
    for (const entry of spool.list()) {
      const body = await spool.body(entry).catch(() => undefined);
      if (!body) continue;
      expect(octetsOf(body).toString('latin1'), what).to.match(
        new RegExp(`^Subject: ${Number(entry.id.slice(1))}\\r\\n`),
      );
      expect(entry, what).to.deep.include({ reversePath: 'sender@example.org' });
      (entry.held ? held : whole).push(entry.id);
    }
    const missing = Array.from({ length: MESSAGES }, (_, n) => idOf(n)).filter(
      (id) => !whole.includes(id) && !held.includes(id),
    );
    if (missing.length + held.length > 0)
      expect(damages, `${what}: ${missing.join(' ')}`).to.not.deep.equal([]);
    expect(
      whole.filter((id) => Number(id.slice(1)) >= MESSAGES),
      `${what}: delivered, and not held`,
    ).to.deep.equal([]);
    for (const id of whole) {
      const due = [...spool.lanes()].flatMap(({ lane }) => spool.due(lane, 1, 1000).entries);
      expect(
        due.map((entry) => entry.id),
        what,
      ).to.include(id);
      break;
    }
    await opened.pop()!.close();
    rmSync(directory, { recursive: true });
  }

  /** Anywhere, or every other time in the head of a page of a tree. */
  const flip =
    (chance: Chance, isInHead: boolean) =>
    (map: string): void => {
      const octets = readFileSync(map);
      const isTree = (at: number): boolean => [1, 2].includes(octets.readUInt16LE(at + 18));
      let at = chance.upTo(usedBytes);
      if (isInHead) {
        do at = PAGE * (1 + chance.upTo(Math.floor(usedBytes / PAGE) - 1));
        while (!isTree(at));
        at += chance.upTo(40) - 1;
      }
      octets[at]! ^= 1 << (chance.upTo(8) - 1);
      writeFileSync(map, octets);
    };

  it('is whole as it was stored', () => {
    expect(checkMap(join(stored, 'queue.mdb'))).to.deep.equal({ isUnfit: false });
  });

  it('costs nothing in silence when a bit of it is flipped, and never the process', async () => {
    for (let n = 0; n < 50; n += 1) {
      const chance = seededChance(`map/${n}`);
      await openDamaged(n, `flip ${n}`, flip(chance, n % 2 === 0));
    }
  });

  it('nor when a page of it is zeroed or garbled', async () => {
    for (let n = 0; n < 24; n += 1) {
      const chance = seededChance(`page/${n}`);
      const at = PAGE * (1 + chance.upTo(Math.floor(usedBytes / PAGE) - 1));
      await openDamaged(n, `page at ${at}`, (map) => {
        const octets = readFileSync(map);
        octets.fill(n % 2 === 0 ? 0 : 'noise', at, at + PAGE);
        writeFileSync(map, octets);
      });
    }
  });

  it('nor when it is cut off', async () => {
    for (let n = 0; n < 8; n += 1) {
      const at = 2 * PAGE + seededChance(`cut/${n}`).upTo(usedBytes - 2 * PAGE);
      await openDamaged(n, `cut at ${at}`, (map) => truncateSync(map, at));
    }
  });

  it('is known by the pages of every large value too', () => {
    const octets = readFileSync(join(stored, 'queue.mdb'));
    const spoilt = join(parent, 'spoilt');
    let found = 0;
    for (let at = 2 * PAGE; at < usedBytes; at += PAGE) {
      if (octets.readUInt32LE(at) !== at / PAGE || octets.readUInt16LE(at + 18) !== 4) continue;
      const copy = Buffer.from(octets);
      copy[at + 20]! ^= 1;
      writeFileSync(spoilt, copy);
      if (checkMap(spoilt).fault?.includes(`page ${at / PAGE}: it does not hold the value`)) found += 1;
    }
    expect(found).to.equal(MESSAGES / SIZES.length);
  });

  it('is taken from the other of its first pages when one is damaged', async () => {
    for (const page of [0, 1])
      await openDamaged(page, `page ${page}`, (map) => {
        const octets = readFileSync(map);
        octets.fill(0, page * PAGE, (page + 1) * PAGE);
        writeFileSync(map, octets);
      });
  });

  it('is refused with the reason and the fix when both are', async () => {
    const directory = copyOf('both');
    const octets = readFileSync(join(directory, 'queue.mdb'));
    octets.fill(0, 0, 2 * PAGE);
    writeFileSync(join(directory, 'queue.mdb'), octets);
    const { message } = await rejection(open(directory));
    expect(message).to.include('queue.mdb is damaged').and.to.include('keep a copy');
  });

  it('is kept as it was', async () => {
    const directory = copyOf('kept');
    const map = join(directory, 'queue.mdb');
    const octets = readFileSync(map);
    for (let page = 2; page * PAGE < usedBytes; page += 1)
      if (octets[page * PAGE + 18] === 1) octets[page * PAGE] = 0;
    writeFileSync(map, octets);
    copyFileSync(map, join(parent, 'before'));
    const spool = await open(directory);
    const [{ copy }] = spool.damaged().filter(({ id }) => id === 'queue.mdb') as [Damage];
    expect(readFileSync(copy!).equals(readFileSync(join(parent, 'before')))).to.equal(true);
    const held = [...spool.held()];
    expect(held.length).to.be.above(0);
    for (const entry of held) expect(entry.heldFor).to.include('damaged part of the spool');
  });
});
