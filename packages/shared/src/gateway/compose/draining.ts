/**
 * pair → accept: carries out a drain. Partners and balancers hear of it by what they are told anyway; here the listeners are
 * closed when their time has come, the sessions that are left are asked to end, and a drain that is over is ended. The face
 * keeps the drain in the spool and tells the other workers.
 */
import { drainPath, keepDrain, readDrain } from '../pair/drain-file.ts';
import {
  beginDrain,
  isClosed,
  isOver,
  nextChange,
  usualCloseAfterMs,
  type Drain,
  type DrainWish,
} from '../pair/drain.ts';
import { Alarm } from '../../platform/time/alarm.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import type { Sibling } from '../workers/siblings.ts';
import { isFace } from '../workers/slot.ts';
import type { Doors } from './doors.ts';
import { clock, type Ground } from './ground.ts';

export interface DrainingParts {
  readonly worker: Sibling;
  /** Directory of the spool, whose first slot holds the drain. */
  readonly spool: string;
  readonly doors: Pick<Doors, 'setDrained' | 'endSessions'>;
  /** How long clients may still be sent here. */
  usualMs(): number;
  /** It began, or ended. */
  changed(): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sessions that are open when the listeners close have so long before they are asked to end between two messages. */
const SESSIONS_MS = 30_000;

/** What an operator has of it. */
export type DrainControl = Pick<Draining, 'drain' | 'begin' | 'end'>;

export class Draining {
  readonly #parts: DrainingParts;
  readonly #alarm: Alarm;
  readonly #keeps: boolean;
  readonly #tell: () => void;
  #drain: Drain | null;
  #isClosed = false;
  #sessions: NodeJS.Timeout | undefined;

  /** @param kept as it was found in the spool */
  constructor(parts: DrainingParts, kept: Drain | null) {
    this.#parts = parts;
    this.#drain = kept;
    this.#keeps = isFace(parts.worker.slot);
    this.#alarm = new Alarm(parts.clock, () => this.#look());
    const all = (): object | undefined => (this.#keeps ? { drain: this.#drain } : undefined);
    this.#tell = parts.worker.siblings.add({
      name: 'drain',
      news: all,
      all,
      take: (told) => this.#take(told),
    });
    if (kept) this.#log('drain.kept', kept);
    this.#look();
  }

  /** Null while the gateway is in service. */
  get drain(): Drain | null {
    return this.#drain;
  }

  /** @throws when it cannot be kept; then nothing has changed */
  begin(wish: DrainWish): Drain {
    const { clock, spool, usualMs } = this.#parts;
    const isNew = this.#drain === null;
    const drain = beginDrain(clock.now(), wish, usualMs(), this.#drain);
    keepDrain(spool, drain);
    if (isNew) this.#log('drain.begun', drain);
    this.#set(drain);
    return drain;
  }

  /** @returns what it was @throws likewise */
  end(): Drain | null {
    keepDrain(this.#parts.spool, null);
    return this.#end('by the operator');
  }

  close(): void {
    this.#alarm.clear();
    clearTimeout(this.#sessions);
  }

  #end(reason: string): Drain | null {
    const ended = this.#drain;
    if (!ended) return null;
    this.#set(null);
    this.#log('drain.ended', { ...ended, reason });
    return ended;
  }

  #take(told: unknown): void {
    this.#drain = (told as { drain: Drain | null }).drain;
    this.#look();
  }

  #set(drain: Drain | null): void {
    this.#drain = drain;
    this.#look();
    if (this.#keeps) this.#tell();
    this.#parts.changed();
  }

  /** A file that stays says by itself that it is over. */
  #endInTime(): void {
    const { spool, log } = this.#parts;
    this.#end('its time is over');
    if (!this.#keeps) return;
    try {
      keepDrain(spool, null);
    } catch (error) {
      log.error('drain.file-fault', { file: drainPath(spool), err: error, fix: 'remove the file' });
    }
  }

  /** Opens or closes the listeners as it should be now. */
  #look(): void {
    const now = this.#parts.clock.now();
    if (this.#drain && isOver(this.#drain, now)) return this.#endInTime();
    const closed = this.#drain !== null && isClosed(this.#drain, now);
    if (closed !== this.#isClosed) this.#setClosed(closed);
    const next = this.#drain ? nextChange(this.#drain, now) : Infinity;
    if (next < Infinity) this.#alarm.set(next);
  }

  #setClosed(closed: boolean): void {
    const { doors } = this.#parts;
    this.#isClosed = closed;
    doors.setDrained(closed);
    clearTimeout(this.#sessions);
    if (closed) this.#sessions = setTimeout(() => doors.endSessions(), SESSIONS_MS).unref();
    if (closed) this.#log('drain.closed', {});
  }

  #log(event: string, fields: object): void {
    if (this.#keeps) this.#parts.log.info(event, fields);
  }
}

/** @param changed called when a drain begins or ends */
export function openDraining(
  { host, settings, log, closers }: Ground,
  { drain, ...parts }: Pick<DrainingParts, 'worker' | 'doors'> & { readonly drain: Drain | null },
  changed: () => void,
): Draining {
  const usualMs = (): number => closeAfterMs(settings());
  const draining = new Draining({ ...parts, spool: host.spool, usualMs, changed, clock, log }, drain);
  closers.push(async () => draining.close());
  return draining;
}

/** How long the listeners stay open where the command does not say. */
function closeAfterMs({ drain, dns: { update } }: Settings): number {
  return drain.closeAfterMs ?? usualCloseAfterMs(update.server && update);
}

/** As it is in the spool. What cannot be read is logged, and the gateway is in service. */
export function keptDrain(spool: string, now: number, log: Log): Drain | null {
  try {
    return readDrain(spool, now);
  } catch (error) {
    log.error('drain.file-fault', { file: drainPath(spool), err: error, fix: 'run "mailpair undrain"' });
    return null;
  }
}
