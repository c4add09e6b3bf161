/**
 * What happened to messages, put together of records, queue and quarantine: by id of a message or of its entry in the queue,
 * by Message-ID, or by an address that it came from or went to. The newest first, so many at most.
 */
import type { Quarantine } from '../gateway/quarantine/quarantining.ts';
import type { Spool } from '../spool/store/spool.ts';
import { messageRecordsIn, refusalRecordsIn } from '../filter/pipeline/recording.ts';
import { isAddress } from './page.ts';
import { linesWith } from '../platform/files/segments.ts';
import type { Entry } from '../platform/values/entry.ts';
import type { Quarantined } from '../platform/values/quarantined.ts';
import { recordsIn } from '../filter/pipeline/record-line.ts';
import type { AnyRecord, EventRecord, MessageRecord, RefusalRecord } from '../filter/pipeline/record.ts';

/** One message, or one refused recipient. */
export interface Trace {
  /** Absent where only what followed is still known. */
  readonly message?: MessageRecord;
  readonly refusal?: RefusalRecord;
  /** What followed, by time. */
  readonly events: readonly EventRecord[];
  /** Its entries that are in the queue now. */
  readonly queue: readonly Entry[];
  readonly quarantine?: Quarantined;
}

export interface TraceParts {
  /** The spool directory. */
  readonly directory: string;
  readonly spool: Pick<Spool, 'get'>;
  readonly quarantine: Pick<Quarantine, 'get'>;
  flush?(): Promise<void>;
}

export class TraceControl {
  readonly #parts: TraceParts;

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  async find(about: string, limit: number): Promise<Trace[]> {
    await this.#parts.flush?.();
    const found = await this.#findAbout(about.trim(), limit);
    const gathered = await this.#gather(found.filter((each) => typeof each === 'string'));
    return found.map((each) =>
      typeof each === 'string'
        ? this.#traceOf(each, gathered.get(each)!)
        : { refusal: each, events: [], queue: [] },
    );
  }

  #traceOf(id: string, { message, events, entries }: Gathered): Trace {
    const { spool, quarantine } = this.#parts;
    const kept = quarantine.get(id);
    return {
      ...(message && { message }),
      events: events.toSorted((a, b) => a.at - b.at),
      queue: [...entries].map((entry) => spool.get(entry)).filter((entry) => entry !== undefined),
      ...(kept && { quarantine: kept }),
    };
  }

  /** Ids of the messages that it may be about, newest first, and refusals. */
  async #findAbout(about: string, limit: number): Promise<(string | RefusalRecord)[]> {
    const { directory, spool, quarantine } = this.#parts;
    const ids = new Set<string>();
    let isEntry = false;
    for await (const record of recordsWith(messageRecordsIn(directory), [about])) {
      if (ids.size >= limit) break;
      if (record.kind === 'message' && isAbout(record, about)) ids.add(record.id);
      if (record.kind !== 'event') continue;
      if (record.id === idOf(about) && !isEntry) ids.add(record.id);
      if (record.entry === idOf(about)) {
        isEntry = true;
        ids.delete(record.entry);
        ids.add(record.id);
      }
    }
    const refusals: RefusalRecord[] = [];
    if (about.includes('@'))
      for await (const record of recordsWith(refusalRecordsIn(directory), [about])) {
        if (record.kind === 'refusal' && isAmong(about, [record.recipient, record.reversePath]))
          refusals.push(record);
        if (refusals.length >= limit) break;
      }
    for (const store of [spool, quarantine])
      if (ids.size === 0 && store.get(idOf(about))) ids.add(idOf(about));
    return newestFirst([...ids, ...refusals]).slice(0, limit);
  }

  /** Records of messages with those ids, and of the entries in the queue that they became. */
  async #gather(ids: readonly string[]): Promise<Map<string, Gathered>> {
    const gathered = new Map<string, Gathered>(ids.map((id) => [id, { events: [], entries: new Set([id]) }]));
    const owner = new Map(ids.map((id) => [id, id]));
    const since = Math.min(...ids.map(timeOf));
    // An entry is named by an event of its message, which may stand in an older file than its own events.
    for (let known = -1; known !== owner.size;) {
      known = owner.size;
      for (const each of gathered.values()) each.events = [];
      for await (const record of recordsWith(
        messageRecordsIn(this.#parts.directory),
        [...owner.keys()],
        since,
      )) {
        if (record.kind === 'refusal') continue;
        const of = gathered.get(owner.get(record.id) ?? '');
        if (!of) continue;
        if (record.kind === 'message') of.message = record;
        else of.events.push(record);
        if (record.kind !== 'event' || record.entry === undefined) continue;
        of.entries.add(record.entry);
        owner.set(record.entry, owner.get(record.id)!);
      }
    }
    return gathered;
  }
}

interface Gathered {
  message?: MessageRecord;
  events: EventRecord[];
  readonly entries: Set<string>;
}

const idOf = (about: string): string => about.toUpperCase();

async function* recordsWith(
  directory: string,
  texts: readonly string[],
  since = 0,
): AsyncIterable<AnyRecord> {
  if (texts.length === 0) return;
  for await (const line of linesWith(directory, texts, since)) {
    yield* recordsIn(line);
  }
}

function isAbout({ id, messageId, facts, from }: MessageRecord, about: string): boolean {
  if (id === idOf(about) || bare(messageId) === bare(about)) return true;
  if (!about.includes('@')) return false;
  return isAmong(about, [facts.reversePath, ...facts.recipients, addressIn(from)]);
}

const bare = (messageId: string): string => messageId.replace(/^<|>$/g, '');
const addressIn = (from: string): string => /<([^<>]*)>\s*$/.exec(from)?.[1] ?? from;

const isAmong = (wanted: string, addresses: readonly string[]): boolean =>
  addresses.some((address) => isAddress(address, wanted));

/** Ids begin with the time, as refusals have it in ms. */
const newestFirst = (found: (string | RefusalRecord)[]): (string | RefusalRecord)[] =>
  found.toSorted((a, b) => timeOf(b) - timeOf(a));

function timeOf(of: string | RefusalRecord): number {
  if (typeof of !== 'string') return of.at;
  let time = 0;
  for (const digit of of.slice(0, 9)) time = time * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit);
  return time;
}
