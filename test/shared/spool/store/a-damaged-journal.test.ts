/** A journal that is damaged after a crash: every message that is intact is there, every other is reported, none is deleted. */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@mailpair/proving/loopback/chance';
import type { Damage, Spool } from '@mailpair/shared/spool/store/spool';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { implementation } from '../../../support/lmdb-spool.ts';
import { bodyText, entryOf, octetsOf } from '../../../support/spool-mail.ts';

const MESSAGES = 40;
const LARGE_EVERY = 5;
const BLOCK = 4096;
const idOf = (n: number): string => `m${String(n).padStart(2, '0')}`;
const isLarge = (n: number): boolean => n % LARGE_EVERY === 0;

describe('A damaged journal', () => {
  let parent: string;
  let crashed: string;
  const opened: Spool[] = [];

  const open = async (directory: string, damages: Damage[] = []): Promise<Spool> => {
    const spool = await implementation.open(directory, (damage) => damages.push(damage));
    opened.push(spool);
    return spool;
  };

  /** What a process leaves that is killed when it has acknowledged them all. */
  beforeEach(async () => {
    parent = mkdtempSync(join(tmpdir(), 'mailpair-damaged-'));
    const directory = join(parent, 'spool');
    const spool = await open(directory);
    for (let n = 0; n < MESSAGES; n += 1) {
      const body = bodyText(
        `From: sender${n}@x.test\r\n\r\n`.padEnd(isLarge(n) ? implementation.largeBodyBytes + 1 : 900, 'x'),
      );
      await spool.add(entryOf(idOf(n), body, { reversePath: `sender${n}@x.test` }), body);
    }
    crashed = join(parent, 'crashed');
    cpSync(directory, crashed, { recursive: true });
    rmSync(join(crashed, 'owner'));
  });

  afterEach(async () => {
    for (const spool of opened.splice(0)) await spool.close();
    rmSync(parent, { recursive: true, force: true });
  });

  /** The file that was written last, and how much of it is in use. */
  const journal = (): { readonly name: string; readonly bytes: number } => {
    const name = ['queue.journal-a', 'queue.journal-b'].find((each) =>
      readFileSync(join(crashed, each)).includes('sender1@x.test'),
    )!;
    const bytes = readFileSync(join(crashed, name)).lastIndexOf(`sender${MESSAGES - 1}@x.test`) + 900;
    return { name, bytes };
  };

  interface Found {
    readonly whole: readonly string[];
    readonly damages: readonly Damage[];
    /** All that is kept in the directory of what is damaged. */
    readonly kept: string;
    readonly files: readonly string[];
  }

  async function openDamaged(number: number, damage: (path: string) => void): Promise<Found> {
    const directory = join(parent, `${number}`);
    cpSync(crashed, directory, { recursive: true });
    const before = new Date(Date.now() - 1e9);
    for (const name of readdirSync(join(directory, 'bodies')))
      utimesSync(join(directory, 'bodies', name), before, before);
    damage(join(directory, journal().name));
    const damages: Damage[] = [];
    const spool = await open(directory, damages);
    const whole: string[] = [];
    for (const entry of spool.list()) {
      octetsOf(await spool.body(entry));
      whole.push(entry.id);
    }
    expect(spool.damaged().length, 'reported as long as it is kept').to.equal(damages.length);
    const keptIn = join(directory, 'damaged');
    const files = existsSync(keptIn) ? readdirSync(keptIn) : [];
    const kept = files
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(join(keptIn, name), 'latin1'))
      .join('\n');
    await spool.close();
    opened.pop();
    return { whole, damages, kept, files: [...files, ...readdirSync(join(directory, 'bodies'))] };
  }

  /** At most so many are missing, and something was said. */
  function expectReported({ whole, damages, files }: Found, most: number, what: string): void {
    const missing = Array.from({ length: MESSAGES }, (_, n) => n).filter((n) => !whole.includes(idOf(n)));
    expect(missing.length, `${what}: ${missing.join(' ')}`).to.be.at.most(most);
    expect(damages.length, what).to.be.at.least(1);
    for (const n of missing.filter(isLarge))
      expect(
        files.some((name) => name.startsWith(idOf(n)) && !name.endsWith('.json')),
        `${what}: ${n}`,
      ).to.equal(true);
  }

  it('costs one message at most when a bit of it is flipped, wherever that is', async () => {
    const { bytes } = journal();
    const chance = seededChance('flip');
    for (let n = 0; n < 40; n += 1) {
      const at = 512 + chance.upTo(bytes - 513);
      const found = await openDamaged(n, (path) => {
        const octets = readFileSync(path);
        octets[at]! ^= 1 << (n % 8);
        writeFileSync(path, octets);
      });
      expectReported(found, 1, `octet ${at}`);
    }
  });

  it('costs those in a block that is zeroed or garbled, and says who they were where that can be read', async () => {
    const { bytes } = journal();
    const chance = seededChance('block');
    let readable = 0;
    for (let n = 0; n < 20; n += 1) {
      const at = BLOCK * chance.upTo(Math.floor(bytes / BLOCK) - 1);
      const found = await openDamaged(n, (path) => {
        const octets = readFileSync(path);
        octets.fill(n % 2 === 0 ? 0 : 'noise', at, at + BLOCK);
        writeFileSync(path, octets);
      });
      expectReported(found, 12, `block at ${at}`);
      if (/sender\d+@x\.test/.test(found.kept)) readable += 1;
    }
    expect(readable, 'reports that name somebody').to.be.at.least(10);
  });

  it('costs what is behind the place where it is cut off, and says so', async () => {
    const { bytes } = journal();
    const chance = seededChance('cut');
    for (let n = 0; n < 10; n += 1) {
      const at = chance.upTo(bytes);
      const found = await openDamaged(n, (path) => truncateSync(path, at));
      expectReported(found, MESSAGES, `cut at ${at}`);
      const before = readFileSync(join(crashed, journal().name)).subarray(0, at).toString('latin1');
      for (let m = 0; m < MESSAGES - 1; m += 1)
        if (before.includes(`"id":"${idOf(m + 1)}"`)) expect(found.whole, `cut at ${at}`).to.include(idOf(m));
    }
  });

  it('costs nothing when its head is damaged, for the other file has the key too', async () => {
    const { whole } = await openDamaged(0, (path) => {
      const octets = readFileSync(path);
      octets.fill(0, 0, 512);
      writeFileSync(path, octets);
    });
    expect(whole).to.have.length(MESSAGES);
  });

  it('is reported until the operator has removed what is kept, and costs nothing more', async () => {
    const damages: Damage[] = [];
    const octets = readFileSync(join(crashed, journal().name));
    octets[octets.indexOf('sender7@x.test')]! ^= 1;
    writeFileSync(join(crashed, journal().name), octets);
    const first = await open(crashed, damages);
    expect(damages.map(({ id }) => id)).to.deep.equal([journal().name]);
    const [{ copy, fix }] = first.damaged() as [Damage];
    expect(readFileSync(copy!).equals(octets)).to.equal(true);
    expect(fix).to.include('ask their senders');
    await opened.pop()!.close();
    const again = await open(crashed, damages);
    expect(damages).to.have.length(1);
    expect(again.damaged()).to.have.length(1);
    rmSync(join(crashed, 'damaged'), { recursive: true });
    expect(again.damaged()).to.deep.equal([]);
    expect(again.count()).to.equal(MESSAGES - 1);
  });

  it('leaves a message whose removal it lost in the queue', async () => {
    const spool = opened[0]!;
    await spool.remove(idOf(1));
    await spool.remove(idOf(2));
    crashed = join(parent, 'removed');
    cpSync(join(parent, 'spool'), crashed, { recursive: true });
    rmSync(join(crashed, 'owner'));
    const { name } = journal();
    const octets = readFileSync(join(crashed, name));
    // The record names it three times: for the entry, its body, and the index.
    const inIndex = octets.lastIndexOf(idOf(1));
    const ofBody = octets.lastIndexOf(idOf(1), inIndex - 1);
    octets[octets.lastIndexOf(idOf(1), ofBody - 1)]! ^= 1;
    writeFileSync(join(crashed, name), octets);
    const found = await open(crashed);
    expect([...found.list()].map(({ id }) => id))
      .to.include(idOf(1))
      .and.not.to.include(idOf(2));
  });
});
