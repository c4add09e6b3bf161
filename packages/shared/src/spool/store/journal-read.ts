/**
 * What a file of the journal holds, though parts of it may be damaged. Pure.
 *
 * Records of the newest generation follow one another up to its end mark. Where one is missing, damaged or cut off, reading goes
 * on at the next octet that begins a record or a change with the file's key; whatever is intact is found, in its order, and what
 * lies in between is a hole.
 *
 * A hole with a record behind it is damage: a commit is written when the one before is on disk. A hole at the end is either
 * damage or what a power cut left of a commit that nobody was told of; which of them, the file does not say.
 */
import {
  changeAt,
  FILE_HEAD_BYTES,
  headsIn,
  sealOf,
  type ChangeSeal,
  type Head,
  type Journaled,
} from './journal-record.ts';

export interface Batch {
  /** All changes of the commit. */
  readonly isWhole: boolean;
  readonly changes: readonly Journaled[];
}

/** Octets that hold no whole record. */
export interface Hole {
  readonly from: number;
  readonly to: number;
  /** No record follows it. */
  readonly isLast: boolean;
}

export interface JournalContent {
  /** 0 when none is known. */
  readonly generation: number;
  /** In order. */
  readonly batches: readonly Batch[];
  readonly holes: readonly Hole[];
}

export function readJournal(file: Buffer, key: Buffer): JournalContent {
  const heads = headsIn(file, key);
  const generation = heads.reduce((newest, head) => Math.max(newest, head.generation), 0);
  const seal = sealOf({ generation, key });
  const batches: Batch[] = [];
  const holes: Hole[] = [];
  const read = (from: number, to: number): void => {
    const batch = batchIn(file, from, Math.min(to, file.length), seal);
    batches.push(batch);
    if (!batch.isWhole || to > file.length)
      holes.push({ from: Math.min(from, file.length), to: Math.min(to, file.length), isLast: true });
  };
  let [at, place, hasEnd] = [FILE_HEAD_BYTES, 0, false];
  for (const head of heads) {
    if (hasEnd || head.generation !== generation || head.place < place || head.at < at) continue;
    if (head.at > at) read(at, head.at);
    hasEnd = isEndMark(head);
    if (hasEnd) continue;
    holes.forEach((hole, index) => (holes[index] = { ...hole, isLast: false }));
    read(head.from, head.to);
    [at, place] = [head.to, head.place + 1];
  }
  // What was written earlier lies behind what was written last.
  if (!hasEnd) read(at, heads.find((head) => head.at > at)?.at ?? file.length);
  return { generation, batches, holes };
}

const isEndMark = ({ from, to }: Head): boolean => from === to;

/** What lies between two records is never whole: no head says how much it should be. */
function batchIn(file: Buffer, from: number, to: number, seal: ChangeSeal): Batch {
  const changes: Journaled[] = [];
  let isWhole = from < to;
  for (let at = from; at >= 0 && at < to;) {
    const change = changeAt(file, at, to, seal);
    if (change) changes.push({ table: change.table, key: change.key, value: change.value });
    else isWhole = false;
    at = change?.end ?? file.indexOf(seal.mark, at + 1);
  }
  return { isWhole, changes };
}

const READABLE_LINES = 100;
const readable =
  /"(?:id|reversePath|address)":"[^"\\\s]{1,320}"|^(?:From|To|Subject|Date|Message-ID): [ -~]{1,200}/gim;

/** Lines that say whose messages may have been there, not too many. */
export function readableIn(octets: Buffer): string[] {
  const lines = new Set<string>();
  for (const [line] of octets.toString('latin1').matchAll(readable)) {
    lines.add(line);
    if (lines.size === READABLE_LINES) break;
  }
  return [...lines];
}
