/**
 * Learns what one message costs this gateway (message-cost.ts), and how many messages a second its main duty brings. What is learnt is
 * kept in the spool directory, so that it is known after a restart; losing it costs little, so nothing waits for the disk.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createFileSync, readRegularSync } from '../../platform/files/regular-file.ts';
import { MEASURED_FILE, parseMeasured } from './measured.ts';
import {
  addWork,
  boundsOf,
  INTERVAL_MS,
  isBusy,
  nextCost,
  noWork,
  within,
  type CostBounds,
  type Work,
} from './message-cost.ts';
import type { RoleName } from '../../platform/values/role-name.ts';

export interface WorkMeterParts {
  readonly role: RoleName;
  /** Of the spool. */
  readonly directory: string;
  /** False where another worker writes the file. */
  readonly keeps: boolean;
  /** Tells the other workers what this one did. */
  tell?(own: Work): void;
  failed(error: unknown, file: string): void;
  /** CPU seconds of this process so far. */
  cpuSeconds?(): number;
  /** ms, of a clock that never jumps. */
  now?(): number;
}

export const COST_FILE = 'message-cost.json';
const TICK_MS = 1_000;
/** How long the average of the main duty looks back. */
const AVERAGE_MS = 5_000;

const processCpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

export class WorkMeter {
  readonly #parts: WorkMeterParts;
  readonly #cpuSeconds: () => number;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  /** What this worker accepted since it told the others. */
  #messages = 0;
  #dutyMessages = 0;
  /** Of all workers, since the last tick, and in this interval. */
  #fresh: Work = noWork;
  #interval: Work = noWork;
  #cpuAt: number;
  #tickedAt: number;
  #intervalAt: number;
  #cost: number | undefined;
  #dutyPerSecond = 0;
  #hasFailed = false;

  constructor(parts: WorkMeterParts) {
    this.#parts = parts;
    this.#cpuSeconds = parts.cpuSeconds ?? processCpuSeconds;
    this.#now = parts.now ?? (() => performance.now());
    this.#cpuAt = this.#cpuSeconds();
    this.#tickedAt = this.#intervalAt = this.#now();
    const measured = this.#measured();
    const bounds = boundsOf(measured);
    const learnt = this.#read(COST_FILE, readCost);
    this.#cost = learnt === undefined ? measured : within(learnt, bounds);
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** CPU seconds for one message; undefined while nothing is known. */
  get costSeconds(): number | undefined {
    return this.#cost;
  }

  get dutyPerSecond(): number {
    return this.#dutyPerSecond;
  }

  /** This worker accepted a message. */
  accepted(isDuty: boolean): void {
    this.#messages += 1;
    if (isDuty) this.#dutyMessages += 1;
  }

  /** Another worker told what it did. */
  add(work: Work): void {
    this.#fresh = addWork(this.#fresh, work);
  }

  /** Once a second. */
  tick(): void {
    const [now, cpu] = [this.#now(), this.#cpuSeconds()];
    const own = { cpuSeconds: cpu - this.#cpuAt, messages: this.#messages, dutyMessages: this.#dutyMessages };
    this.#messages = this.#dutyMessages = 0;
    this.#cpuAt = cpu;
    this.#parts.tell?.(own);
    const all = addWork(this.#fresh, own);
    this.#fresh = noWork;
    const elapsedMs = now - this.#tickedAt;
    this.#tickedAt = now;
    if (elapsedMs <= 0) return;
    const weight = 1 - Math.exp(-elapsedMs / AVERAGE_MS);
    this.#dutyPerSecond += weight * ((all.dutyMessages * 1_000) / elapsedMs - this.#dutyPerSecond);
    this.#interval = addWork(this.#interval, all);
    if (now - this.#intervalAt >= INTERVAL_MS) this.#endInterval(now);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #endInterval(now: number): void {
    const [work, elapsedMs] = [this.#interval, now - this.#intervalAt];
    this.#interval = noWork;
    this.#intervalAt = now;
    if (isBusy(work, elapsedMs)) this.#learn(work, boundsOf(this.#measured()));
  }

  #learn(work: Work, bounds: CostBounds): void {
    this.#cost = nextCost(this.#cost, work, bounds);
    if (!this.#parts.keeps) return;
    const file = join(this.#parts.directory, COST_FILE);
    try {
      createFileSync(`${file}.new`, `${JSON.stringify({ costSeconds: this.#cost })}\n`);
      renameSync(`${file}.new`, file);
      this.#hasFailed = false;
    } catch (error) {
      this.#fail(error, file);
    }
  }

  /** It is read anew each time, since it may be measured while the gateway runs. */
  #measured(): number | undefined {
    return this.#read(MEASURED_FILE, parseMeasured)?.[this.#parts.role].secondsPerMessage;
  }

  #read<T>(name: string, parse: (text: string) => T | undefined): T | undefined {
    const file = join(this.#parts.directory, name);
    try {
      const read = parse(readRegularSync(file).toString());
      if (read === undefined) throw new Error('it is no measurement');
      return read;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#fail(error, file);
      return undefined;
    }
  }

  /** Told once until a write succeeds. */
  #fail(error: unknown, file: string): void {
    if (!this.#hasFailed) this.#parts.failed(error, file);
    this.#hasFailed = true;
  }
}

function readCost(text: string): number | undefined {
  try {
    const { costSeconds } = JSON.parse(text) as { costSeconds?: unknown };
    return typeof costSeconds === 'number' && costSeconds > 0 ? costSeconds : undefined;
  } catch {
    return undefined;
  }
}
