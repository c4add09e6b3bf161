/**
 * Plays a recording again up to moments at which the power may go: at each sync, when it begins and when it is done, and
 * when each reply leaves. Pure, but for chance as an argument.
 */
import type { Chance } from '../../loopback/chance.ts';
import { Disk, type Image } from './disk.ts';
import type { Operation } from './operation.ts';

export interface PowerCut {
  /** Line of the recording. */
  readonly at: number;
  readonly atMs: number;
  readonly what: string;
  readonly image: Image;
}

interface Moment {
  readonly line: number;
  readonly operation: Operation;
  readonly isEnd: boolean;
}

/** Shares of what is not synced that are on disk all the same. */
const SHARES = [0.02, 0.2, 0.5, 0.8, 1];

/** At each moment what is synced alone, and with a random part of the rest. */
export function* powerCuts(
  operations: readonly Operation[],
  chance: Chance,
  most: number,
): Generator<PowerCut> {
  const moments = momentsOf(operations);
  const cutAfter = chosen(
    moments.filter(({ operation: { kind } }) => kind === 'sync' || kind === 'say'),
    most / 2,
    chance,
  );
  const disk = new Disk();
  for (const moment of moments) {
    const { operation, isEnd, line } = moment;
    if (isEnd) disk.finish(operation);
    else disk.begin(operation);
    if (!cutAfter.has(moment)) continue;
    const where = { at: line, atMs: operation.atMs };
    yield {
      ...where,
      what: `${nameOf(moment)}, nothing else than what is synced`,
      image: disk.cut(0, chance),
    };
    const share = SHARES[chance.upTo(SHARES.length) - 1]!;
    yield {
      ...where,
      what: `${nameOf(moment)}, ${100 * share}% of what is not synced`,
      image: disk.cut(share, chance),
    };
  }
}

/** What the disk has when nothing is cut off. */
export function wholeImage(operations: readonly Operation[]): Image {
  const disk = new Disk();
  for (const { operation, isEnd } of momentsOf(operations))
    if (isEnd) disk.finish(operation);
    else disk.begin(operation);
  return disk.whole();
}

function momentsOf(operations: readonly Operation[]): Moment[] {
  return operations
    .flatMap((operation) => [
      { line: operation.begin, operation, isEnd: false },
      { line: operation.end, operation, isEnd: true },
    ])
    .sort((a, b) => a.line - b.line);
}

/** At most so many, from all over. */
function chosen(moments: readonly Moment[], most: number, chance: Chance): Set<Moment> {
  const every = Math.max(1, moments.length / Math.max(1, most));
  const from = chance.next() * every;
  const picked = Array.from({ length: Math.floor((moments.length - from) / every) + 1 }, (_, index) =>
    moments.at(Math.floor(from + index * every)),
  );
  return new Set(picked.filter((moment) => moment !== undefined));
}

const nameOf = ({ operation, isEnd, line }: Moment): string =>
  `line ${line}, ${isEnd ? 'after' : 'during'} a ${operation.kind === 'say' ? 'reply' : 'sync'}`;
