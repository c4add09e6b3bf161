/**
 * The durable store of messages we have answered 250 for, and have not handed on.
 *
 * Guarantees of every implementation (held to by the conformance suite):
 * - when `add` resolves, entry and body are on disk: synced, not merely written;
 * - when `add` rejects, nothing of the message is left, and nothing was acknowledged;
 * - `update` and `remove` resolve when the change is visible to a successor after kill -9;
 * - memory does not grow with the number of entries;
 * - a damaged entry is set aside and reported, never deleted and never returned.
 */
import type { Body } from '../../platform/values/body.ts';
import type { Entry } from '../../platform/values/entry.ts';

export interface Damage {
  /** Of the entry; or a file of the spool, by its path below the spool's directory. */
  readonly id: string;
  /** What is wrong, for a person. */
  readonly fault: string;
  /** Of a file: where it is kept, and what the operator does about it. */
  readonly copy?: string;
  readonly fix?: string;
  /** It may be what a power cut left of a write that nobody was told of. */
  readonly isDoubtful?: boolean;
}

export interface LaneStart {
  readonly lane: string;
  readonly dueAt: number;
}

export interface DueOptions {
  /** Where the last reading ended. */
  readonly after?: string | undefined;
  /** Leaves out those for which it says true. */
  readonly skip?: (id: string) => boolean;
}

export interface Due {
  readonly entries: readonly Entry[];
  /** Where to read on `after`. */
  readonly last?: string;
  /** When the next entry behind them is due, which may be now; Infinity when none is. */
  readonly nextDueAt: number;
}

/** An entry as it is written down. Nobody has looked into it: it may be damaged. */
export interface EntryText {
  readonly id: string;
  readonly json: string;
  /** Where all of its open recipients are; undefined when that takes a look. */
  readonly domain: string | undefined;
}

/** Some of the entries for one domain added up, or an entry by itself. */
export type QueuePart =
  | {
      readonly domain: string;
      readonly entries: number;
      readonly sizeBytes: number;
      /** The one received first. */
      readonly oldest: Entry;
      /** When the first of them is due. */
      readonly dueAt: number;
    }
  | { readonly entry: Entry };

export interface Spool {
  /**
   * Takes a message. A body that is a file is linked, so it must lie on the spool's file system
   * (`incomingDirectory`); it may be taken for several entries, and whoever made it removes it when all are done.
   * @throws SpoolFullError when the disk has less than the reserve left
   */
  add(entry: Entry, body: Body): Promise<void>;
  /** The entry, or undefined when there is none (any more). */
  get(id: string): Entry | undefined;
  /** Replaces an entry's state; its body stays. Of an entry that is gone nothing happens. */
  update(entry: Entry): Promise<void>;
  /** Removes entry and body. */
  remove(id: string): Promise<void>;
  /**
   * The body, checked against its SHA-256.
   * @throws DamagedEntryError after setting the entry aside
   */
  body(entry: Entry): Promise<Body>;
  /**
   * The lanes (lane.ts) with entries that are due some time, and when the first of each is. So few, however long the
   * queue, that all their names can be kept in memory.
   */
  lanes(): Iterable<LaneStart>;
  /** The lane that an entry lies in, as it was stored last; undefined when it is due never. */
  laneOf(entry: Entry): string | undefined;
  /** Entries of a lane due at `now`, earliest first, at most `limit`. */
  due(lane: string, now: number, limit: number, options?: DueOptions): Due;
  /** All entries by time of receipt, from after `after`. Reads on as the caller does. */
  list(after?: string): Iterable<Entry>;
  /** What `list` gives, unread. */
  texts(after?: string): Iterable<EntryText>;
  /** The whole queue in parts, in no order. Of a domain there may be several. Reads on as the caller does, some 1000 entries at a time. */
  parts(): Iterable<QueuePart>;
  /** Held entries by time of receipt, from after `after`; looks at no others. Reads on as the caller does. */
  held(after?: string): Iterable<Entry>;
  /**
   * Much of the store is in memory, and only the next commit lets go of it, which a slow disk may take long for: whatever can wait
   * is to be read then.
   */
  readonly isOverstretched: boolean;
  /** Entries in the spool, set-aside ones not counted. */
  count(): number;
  /** Entries and files that have been set aside, until the operator removes them. */
  damaged(): Damage[];
  /** Where an incoming body may be written so that `add` can link it. */
  readonly incomingDirectory: string;
  /** The last that was to be written could not be. */
  readonly isFailing: boolean;
  /** Waits for what is under way and closes. */
  close(): Promise<void>;
}

/** The disk is full, or has less left than the reserve (`queue.minFree`). */
export class SpoolFullError extends Error {
  override name = 'SpoolFullError';
}

/** Body or entry did not match what was stored; it has been set aside. */
export class DamagedEntryError extends Error {
  override name = 'DamagedEntryError';
}
