/**
 * Replays a recording up to the points at which the power may be cut: the start and the end of each sync, and
 * each reply. Pure; the random generator is an argument.
 */
import type { Chance } from '../../loopback/chance.ts';
import { Disk, type Image } from './disk.ts';
import type { Operation } from './operation.ts';

export interface PowerCut {
  /** The line of the recording. */
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

/** The fractions of unsynced data that survive. */
const SHARES = [0.02, 0.2, 0.5, 0.8, 1];

/** Yields for each point the state with only synced data, and one with a random part of the rest. */
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

/** The state of the disk without a power cut. */
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

/** Chooses at most `most` points, distributed over the whole recording. */
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
