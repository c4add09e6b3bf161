/**
 * What happens to the slots of workers that there are no more: their queue and quarantine go to the workers there are, each slot
 * to one of them, and so do their records.
 *
 * The worker first takes the whole directory into its own slot, by a rename: from then on it is its own to finish, whatever the
 * number of workers is at the next start. Each entry is on disk here before it is removed there, and one that is in both places
 * is removed there only. All this comes before any entry is attempted, so a crash in between sends nothing twice. What was set
 * aside as damaged stays where it is, and is named.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { reportDirectory } from '../intake/dmarc-reporting.ts';
import { quarantineIn } from '../quarantine/quarantining.ts';
import { openLmdbSpool } from '../../spool/store/lmdb-spool.ts';
import { liveOwner } from '../../spool/store/owner-lock.ts';
import { syncDirectory } from '../../spool/store/spool-directory.ts';
import { DamagedEntryError, type Damage, type Spool } from '../../spool/store/spool.ts';
import { messageRecordsIn, refusalRecordsIn } from '../../filter/pipeline/recording.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import { appendFileSync, readRegularSync } from '../../platform/files/regular-file.ts';
import type { Entry } from '../../platform/values/entry.ts';
import { namesIn, slotDirectory, slotsDirectory, slotsIn, type Slot } from './slot.ts';

/** Where entries go: a queue or a quarantine. */
export interface Taker extends Pick<Spool, 'add' | 'incomingDirectory'> {
  get(id: string): object | undefined;
}

export interface AdoptParts {
  /** The spool directory of the gateway. */
  readonly spool: string;
  readonly slot: Slot;
  readonly queue: Taker;
  readonly quarantine: Taker;
  readonly clock: Clock;
  readonly log: Log;
  onDamage(damage: Damage): void;
}

/** Entries moved together, sharing the syncs of the disk. */
const TOGETHER = 100;
/** So long a worker of before may take to end. */
const OWNER_MS = 60_000;
const LOOK_MS = 250;
const TAKEN = 'adopted-';

/** @throws when the disk is full or cannot be read; what was moved stays moved, the rest is moved at the next start */
export async function adoptSlots(parts: AdoptParts): Promise<void> {
  const { spool, slot } = parts;
  const own = slotDirectory(spool, slot.number);
  for (const number of slotsIn(spool)) {
    if (number < slot.of || number % slot.of !== slot.number) continue;
    const directory = slotDirectory(spool, number);
    await ownerGone(directory);
    renameSync(directory, freeName(own, `${TAKEN}${number}`));
    // Else a power cut may give the slot back to a worker while some of it is here.
    for (const changed of [own, slotsDirectory(spool)]) syncDirectory(changed);
    if (failpoints) await failpoints.pass('workers.slot-taken');
  }
  for (const name of adoptedIn(own)) await adopt(join(own, name), parts);
}

const adoptedIn = (directory: string): string[] =>
  namesIn(directory).filter((name) => name.startsWith(TAKEN));

async function ownerGone(directory: string): Promise<void> {
  const until = Date.now() + OWNER_MS;
  for (let pid = liveOwner(directory); pid !== undefined; pid = liveOwner(directory)) {
    if (Date.now() > until) throw new Error(`${directory} is in use by process ${pid}: stop that first`);
    await pause(LOOK_MS);
  }
}

function freeName(directory: string, name: string): string {
  let path = join(directory, name);
  for (let more = 1; existsSync(path); more += 1) path = join(directory, `${name}.${more}`);
  return path;
}

async function adopt(directory: string, parts: AdoptParts): Promise<void> {
  const { queue, quarantine, log } = parts;
  const own = slotDirectory(parts.spool, parts.slot.number);
  // It may have been about to adopt others itself.
  for (const name of adoptedIn(directory)) await adopt(join(directory, name), parts);
  const queued = await moveSpool(directory, queue, parts);
  const kept = existsSync(quarantineIn(directory))
    ? await moveSpool(join(directory, 'quarantine'), quarantine, parts)
    : nothing;
  for (const records of [messageRecordsIn, refusalRecordsIn]) moveFiles(records(directory), records(own));
  moveRows(reportDirectory(directory), reportDirectory(own));
  const damaged = queued.damaged + kept.damaged;
  const facts = { from: basename(directory), queued: queued.moved, quarantined: kept.moved };
  if (damaged === 0 && adoptedIn(directory).length === 0) rmSync(directory, { recursive: true });
  else
    log.warn('slot.left-damaged', { directory, damaged, fix: 'look at what was set aside, then delete it' });
  log.info('slot.adopted', facts);
}

interface Moved {
  readonly moved: number;
  readonly damaged: number;
}

const nothing: Moved = { moved: 0, damaged: 0 };

async function moveSpool(directory: string, into: Taker, parts: AdoptParts): Promise<Moved> {
  const { clock, onDamage } = parts;
  if (!existsSync(join(directory, 'queue.mdb'))) return nothing;
  const from = await openLmdbSpool({ directory, minFreeBytes: 0, clock, onDamage });
  try {
    return { moved: await moveEntries(from, into), damaged: from.damaged().length };
  } finally {
    await from.close();
  }
}

/** @returns how many */
async function moveEntries(from: Spool, into: Taker): Promise<number> {
  let moved = 0;
  const move = async (entry: Entry): Promise<void> => {
    try {
      if (!into.get(entry.id)) await take(entry, from, into);
      if (failpoints) await failpoints.pass('workers.entry-moved');
      await from.remove(entry.id);
      moved += 1;
    } catch (error) {
      if (!(error instanceof DamagedEntryError)) throw error; // that was set aside and said
    }
  };
  let page: Entry[] = [];
  for (const entry of from.list()) {
    if (page.push(entry) < TOGETHER) continue;
    await all(page.map(move));
    page = [];
  }
  await all(page.map(move));
  return moved;
}

/** Waits for all, though one fails: the spools are closed after that. */
async function all(moves: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(moves)) if (result.status === 'rejected') throw result.reason;
}

/** A spool that cannot take a body removes its file, so it is given a second name of it. */
async function take(entry: Entry, from: Spool, into: Taker): Promise<void> {
  const body = await from.body(entry);
  if (body.path === undefined) return into.add(entry, body);
  const path = join(into.incomingDirectory, `adopted-${entry.id}`);
  await rm(path, { force: true });
  await link(body.path, path);
  try {
    await into.add(entry, { ...body, path });
  } finally {
    await rm(path, { force: true });
  }
}

/** Files are named by a time in ms; of two at the same time one is moved by one. */
function moveFiles(from: string, into: string): void {
  for (const name of namesIn(from)) {
    mkdirSync(into, { recursive: true, mode: 0o700 });
    const [, digits = '0', ending = ''] = /^(\d+)(\D.*|)$/.exec(name) ?? [];
    let number = Number(digits);
    const free = (): string => join(into, `${String(number).padStart(digits.length, '0')}${ending}`);
    while (existsSync(free())) number += 1;
    renameSync(join(from, name), free());
  }
}

/** A crash in between counts the rows of that day twice, which harms no mail. */
function moveRows(from: string, into: string): void {
  for (const name of namesIn(from).filter((each) => each.endsWith('.jsonl'))) {
    mkdirSync(into, { recursive: true, mode: 0o700 });
    appendFileSync(join(into, name), readRegularSync(join(from, name)));
    rmSync(join(from, name));
  }
}
