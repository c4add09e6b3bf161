/** A spool in memory for tests of what uses one: it counts how it is read and fails when told to. */
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { dueAt } from '@mailpair/shared/platform/values/entry';
import { laneOf, parseLane } from '@mailpair/shared/spool/store/lane';
import { dueText, indexKey } from '@mailpair/shared/spool/store/record';
import {
  DamagedEntryError,
  type Due,
  type DueOptions,
  type EntryText,
  type LaneStart,
  type QueuePart,
  type Spool,
} from '@mailpair/shared/spool/store/spool';
import type { Body } from '@mailpair/shared/platform/values/body';

export class MemorySpool implements Spool {
  readonly incomingDirectory = '/nowhere';
  readonly entries = new Map<string, Entry>();
  readonly bodies = new Map<string, Body>();
  readonly damagedIds = new Set<string>();
  /** What happened, `add 1`, `update 1`, `remove 1`, `body 1`. */
  readonly calls: string[] = [];
  /** Entries that `list` gave out. */
  listed = 0;
  /** Ids that `due` gave out, in this order. */
  readonly read: string[] = [];
  /** Most entries that one call of `due` was asked for. */
  largestDue = 0;
  /** Faults of the next changes: thrown one by one. */
  faults: Error[] = [];
  isFailing = false;
  /** Ends every change before it is made; for tests that look at what happens meanwhile. */
  gate: Promise<void> = Promise.resolve();

  async add(entry: Entry, body: Body): Promise<void> {
    await this.#change(`add ${entry.id}`);
    this.put(entry, body);
  }

  put(entry: Entry, body: Body): void {
    this.entries.set(entry.id, entry);
    this.bodies.set(entry.id, body);
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  async update(entry: Entry): Promise<void> {
    await this.#change(`update ${entry.id}`);
    if (this.entries.has(entry.id)) this.entries.set(entry.id, entry);
  }

  async remove(id: string): Promise<void> {
    await this.#change(`remove ${id}`);
    this.entries.delete(id);
    this.bodies.delete(id);
  }

  async #change(call: string): Promise<void> {
    this.calls.push(call);
    await this.gate;
    const fault = this.faults.shift();
    this.isFailing = fault !== undefined;
    if (fault) throw fault;
  }

  async body({ id }: Entry): Promise<Body> {
    this.calls.push(`body ${id}`);
    const body = this.bodies.get(id);
    if (!body) throw new Error(`Entry ${id} is no longer in the spool`);
    if (!this.damagedIds.has(id)) return body;
    this.entries.delete(id);
    throw new DamagedEntryError(`Entry ${id} was set aside`);
  }

  *parts(): Iterable<QueuePart> {
    for (const entry of this.entries.values()) yield { entry };
  }

  get isOverstretched(): boolean {
    return false;
  }

  *lanes(): Iterable<LaneStart> {
    const firsts = new Map<string, number>();
    for (const entry of this.entries.values()) {
      const at = dueAt(entry);
      const lane = laneOf(entry);
      if (at < Infinity) firsts.set(lane, Math.min(at, firsts.get(lane) ?? Infinity));
    }
    for (const lane of [...firsts.keys()].sort()) yield { lane, dueAt: firsts.get(lane)! };
  }

  laneOf(entry: Entry): string | undefined {
    return dueAt(entry) < Infinity ? laneOf(entry) : undefined;
  }

  due(lane: string, now: number, limit: number, { after, skip }: DueOptions = {}): Due {
    this.largestDue = Math.max(this.largestDue, limit);
    const keyOf = (entry: Entry): string => indexKey({ lane, due: dueText(dueAt(entry)) }, entry.id);
    const rest = [...this.entries.values()]
      .filter((entry) => dueAt(entry) < Infinity && laneOf(entry) === lane)
      .filter((entry) => after === undefined || keyOf(entry) > after)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const entries: Entry[] = [];
    let last = after;
    for (const entry of rest) {
      if (dueAt(entry) > now || entries.length >= limit)
        return { entries, nextDueAt: dueAt(entry), ...(last !== undefined && { last }) };
      if (!skip?.(entry.id)) {
        entries.push(entry);
        this.read.push(entry.id);
      }
      last = keyOf(entry);
    }
    return { entries, nextDueAt: Infinity, ...(last !== undefined && { last }) };
  }

  *list(after = ''): Iterable<Entry> {
    for (const id of [...this.entries.keys()].sort())
      if (id > after) {
        this.listed += 1;
        const entry = this.entries.get(id);
        if (entry) yield entry;
      }
  }

  *texts(after = ''): Iterable<EntryText> {
    for (const entry of this.list(after))
      yield { id: entry.id, json: JSON.stringify(entry), domain: parseLane(laneOf(entry)).domain };
  }

  *held(after = ''): Iterable<Entry> {
    for (const entry of this.list(after)) if (entry.held) yield entry;
  }

  count(): number {
    return this.entries.size;
  }

  damaged(): { id: string; fault: string }[] {
    return [...this.damagedIds].map((id) => ({ id, fault: 'damaged' }));
  }

  freeBytes(): number {
    return Infinity;
  }

  async close(): Promise<void> {
    // nothing is open
  }
}
