/**
 * What a gateway keeps in files, a JSON document a line: records of messages and of refused recipients, and rows of DMARC reports.
 * While the gateway runs, they come over /api as they are read. If it is stopped, they are read from its spool directly.
 */
import { daysIn, rowsIn, type CountedRow } from '../filter/dmarc-reports/day-files.ts';
import { reportDirectory } from '../gateway/intake/dmarc-reporting.ts';
import { messageRecordsIn, refusalRecordsIn } from '../filter/pipeline/recording.ts';
import { linesSince } from '../platform/files/segments.ts';
import { slotDirectories } from '../gateway/workers/slot.ts';
import type { Lines } from './json-lines.ts';

export interface DayRow extends CountedRow {
  /** `2026-11-25`. */
  readonly day: string;
}

export interface KeptFiles {
  /** Of messages and refusals, each as a line; some of before `since` among them. */
  records(since: number): AsyncIterable<string>;
  /** Of all days, or of one. */
  reportRows(day?: string): AsyncIterable<DayRow>;
  /** Writes down what is in memory; absent when the gateway is stopped. */
  flush?(): Promise<void>;
}

/** @param spool of a gateway, whose workers keep theirs in its slots */
export function keptIn(spool: string): KeptFiles {
  return {
    async *records(since) {
      for (const slot of slotDirectories(spool))
        for (const directory of [messageRecordsIn(slot), refusalRecordsIn(slot)])
          yield* linesSince(directory, since);
    },
    async *reportRows(wanted) {
      const directories = slotDirectories(spool).map(reportDirectory);
      for (const day of daysIn(directories))
        if (wanted === undefined || wanted === day)
          for (const row of rowsIn(directories, day)) yield { day, ...row };
    },
  };
}

export async function* documents(values: AsyncIterable<object>): AsyncIterable<string> {
  for await (const value of values) yield JSON.stringify(value);
}

const TURN_CHARACTERS = 64 * 1024;

/** A chunk costs as much as many lines. */
export async function* together(lines: AsyncIterable<string>): Lines {
  let some: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    some.push(line);
    characters += line.length;
    if (characters < TURN_CHARACTERS) continue;
    yield some;
    [some, characters] = [[], 0];
  }
  if (some.length > 0) yield some;
}
