/**
 * The whole queue, an entry a line. A gateway has mail to carry, so it passes entries on as they are on disk and does not look into
 * them; whoever asks parses, filters and shows.
 *
 *     {"id":"1M8AP9MKA00002VPG","nextHops":["mx.example.net"],"entry":{ … }}
 *
 * Lines begin with the id, so they are in order as they are. What is damaged is among them.
 */
import { wholeEntry } from '../spool/store/record.ts';
import type { EntryText, Spool } from '../spool/store/spool.ts';
import type { Entry } from '../platform/values/entry.ts';
import { giveWay } from './give-way.ts';
import type { Lines } from './json-lines.ts';
import type { NextHopNames } from './next-hop-names.ts';

/** Read in one go, so that mail goes on between; and not so many that each chunk is given back to the system. */
const LINES_TOGETHER = 100;

export async function* queueLines(
  spool: Pick<Spool, 'texts' | 'get' | 'isOverstretched'>,
  names: () => NextHopNames,
): Lines {
  for (let last: string | undefined; ;) {
    await giveWay(spool);
    const nextHops = names();
    const lines: string[] = [];
    for (const text of spool.texts(last)) {
      lines.push(lineOf(text, hopsOf(text, nextHops, spool)));
      last = text.id;
      if (lines.length >= LINES_TOGETHER) break;
    }
    if (lines.length > 0) yield lines;
    if (lines.length < LINES_TOGETHER) return;
  }
}

const lineOf = ({ id, json }: EntryText, nextHops: readonly string[]): string =>
  `{"id":"${id}","nextHops":${JSON.stringify(nextHops)},"entry":${json}}`;

function hopsOf({ id, domain }: EntryText, nextHops: NextHopNames, spool: Pick<Spool, 'get'>): string[] {
  if (domain !== undefined) return [nextHops.ofDomain(domain)];
  const entry = spool.get(id);
  return entry ? nextHops.ofEntry(entry) : [];
}

export interface QueueLine {
  readonly nextHops: readonly string[];
  readonly entry: Entry;
}

/** The entry in a line, or the id of a damaged entry. */
export function readLine(line: string): QueueLine | { readonly damaged: string } {
  try {
    const { id, nextHops, entry } = JSON.parse(line) as { id: string; nextHops: string[]; entry: unknown };
    const whole = wholeEntry(id, entry);
    return 'fault' in whole ? { damaged: id } : { nextHops, entry: whole };
  } catch {
    return { damaged: /^\{"id":"([\w-]+)"/.exec(line)?.[1] ?? '' };
  }
}
