/**
 * Rows of reports on disk: a file for each day (UTC), a line for each row with how often it was seen since the last line of it.
 * Rows are gathered in memory and appended every few minutes, so a crash costs no more than these. Bounded in memory, in size a
 * day, and in days.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appendFileSync, readRegularSync } from '../../platform/files/regular-file.ts';
import type { ReportRow } from './row.ts';

export interface CountedRow extends ReportRow {
  readonly count: number;
}

const PENDING_ROWS = 20_000;
const DAY_BYTES = 64 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `2026-11-25`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export const beginOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

export class DayFiles {
  /** Rows that found no room. */
  dropped = 0;
  readonly #directory: string;
  readonly #others: () => readonly string[];
  #pending = new Map<string, number>();
  #day = '';

  /**
   * @param directory made when there is something to write
   * @param others where other processes write what is to be read with it
   */
  constructor(directory: string, others: () => readonly string[] = () => []) {
    this.#directory = directory;
    this.#others = others;
  }

  add(row: ReportRow, at: number): void {
    const day = dayOf(at);
    if (day !== this.#day) this.flush();
    this.#day = day;
    const key = JSON.stringify(row);
    const count = this.#pending.get(key);
    if (count === undefined && this.#pending.size >= PENDING_ROWS) this.dropped += 1;
    else this.#pending.set(key, (count ?? 0) + 1);
  }

  /** @throws when the file cannot be written; what was gathered is kept */
  flush(): void {
    if (this.#pending.size === 0) return;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, `${this.#day}.jsonl`);
    const size = existsSync(path) ? statSync(path).size : 0;
    const lines = [...this.#pending].map(([row, count]) => `${JSON.stringify({ count })}\t${row}\n`).join('');
    if (size + lines.length <= DAY_BYTES) appendFileSync(path, lines);
    else this.dropped += this.#pending.size;
    this.#pending = new Map();
  }

  /** Days with rows, the oldest first. */
  days(): string[] {
    return daysIn([this.#directory, ...this.#others()]);
  }

  /** Removes what is older. */
  expire(keepMs: number, now: number): void {
    for (const day of daysIn([this.#directory]))
      if (beginOf(day) + DAY_MS + keepMs < now)
        for (const ending of ['jsonl', 'sent'])
          rmSync(join(this.#directory, `${day}.${ending}`), { force: true });
  }

  /** Domains that had their report of that day. */
  sent(day: string): ReadonlySet<string> {
    const path = join(this.#directory, `${day}.sent`);
    return new Set(existsSync(path) ? readRegularSync(path).toString().split('\n') : []);
  }

  noteSent(day: string, domain: string): void {
    appendFileSync(join(this.#directory, `${day}.sent`), `${domain}\n`);
  }

  rows(day: string): CountedRow[] {
    return rowsIn([this.#directory, ...this.#others()], day);
  }
}

export function daysIn(directories: readonly string[]): string[] {
  const days = directories
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory))
    .flatMap((name) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name)?.[1] ?? []);
  return [...new Set(days)].toSorted();
}

/** Each row once. A line that was cut by a crash is passed over. */
export function rowsIn(directories: readonly string[], day: string): CountedRow[] {
  const counts = new Map<string, number>();
  const files = directories.map((directory) => join(directory, `${day}.jsonl`)).filter(existsSync);
  for (const line of files.flatMap((path) => readRegularSync(path).toString().split('\n'))) {
    const [head = '', row] = line.split('\t', 2);
    const count = Number(/^\{"count":(\d+)\}$/.exec(head)?.[1] ?? 0);
    if (row?.endsWith('}')) counts.set(row, (counts.get(row) ?? 0) + count);
  }
  return [...counts].map(([row, count]) => ({ ...(JSON.parse(row) as ReportRow), count }));
}
