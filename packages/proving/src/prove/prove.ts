/** Runs rows one after the other, each on a new ground. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../loopback/programs.ts';
import { seededChance } from '../loopback/chance.ts';
import { openGround } from './ground.ts';
import { passes, type RowResult } from './result.ts';
import type { Row } from './row.ts';
import { NotHere } from './world.ts';

export interface ProofOptions {
  readonly rows: readonly Row[];
  /** A directory on the disk to be tested. A temporary folder is created in it. */
  readonly directory: string;
  /** Rows of a role without a program are skipped. */
  readonly programs: Partial<Programs>;
  readonly isQuick: boolean;
  readonly seed: string;
  /** If given, random rows are run until this time in ms has passed. */
  readonly forMs?: number;
  readonly signal: AbortSignal;
  /** Reports progress in one line. */
  tell(line: string): void;
}

/** @throws if the run cannot begin, or is interrupted */
export async function prove(options: ProofOptions): Promise<RowResult[]> {
  const { rows, forMs, seed, signal, tell } = options;
  const directory = makeFolder(options.directory);
  const what = forMs === undefined ? `${rows.length} rows` : `a soak of ${rows.length} rows`;
  tell(`${what} in ${options.directory}, --seed ${seed}`);
  try {
    const results: RowResult[] = [];
    for (const row of rowsToPlay(options)) {
      signal.throwIfAborted();
      const number = results.length + 1;
      const beganAt = Date.now();
      const result = await playRow(row, join(directory, String(number)), number, options);
      results.push(result);
      tell(
        `${String(number).padStart(4)}  ${((Date.now() - beganAt) / 1000).toFixed(1).padStart(5)} s  ${tellOf(result)}`,
      );
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Yields each row once, or random rows until the time is over. */
function* rowsToPlay({ rows, forMs, seed }: ProofOptions): Iterable<Row> {
  if (forMs === undefined) return yield* rows;
  const chance = seededChance(seed);
  for (const until = Date.now() + forMs; Date.now() < until;) yield rows[chance.upTo(rows.length) - 1]!;
}

function tellOf(result: RowResult): string {
  const { notRun, faults, acknowledged, lost, note } = result;
  const name = note === undefined ? result.name : `${result.name} (${note})`;
  if (notRun !== undefined) return `${name}: not run, ${notRun}`;
  if (passes(result)) return `${name}: ${acknowledged} acknowledged, none lost`;
  return `${name}: FAILED, ${lost} of ${acknowledged} lost; ${faults[0] ?? ''}`;
}

/** @throws if the directory cannot be used, or is a spool */
function makeFolder(directory: string): string {
  if (!existsSync(directory))
    throw new Error(`there is no directory ${directory}: make it, or name another with --dir`);
  const spool = readdirSync(directory).find((name) => name === 'queue.mdb' || /^slot-\d+$/.test(name));
  if (spool !== undefined)
    throw new Error(
      `${directory} is a spool (it has ${spool}), and a proof touches none: name the directory around it`,
    );
  try {
    return mkdtempSync(join(directory, 'mailpair-prove-'));
  } catch (error) {
    throw new Error(`${directory} cannot be written: ${(error as Error).message}; name another with --dir`, {
      cause: error,
    });
  }
}

async function playRow(
  row: Row,
  directory: string,
  number: number,
  options: ProofOptions,
): Promise<RowResult> {
  const { name, title, role } = row;
  const { programs, signal, isQuick, seed } = options;
  const nothing = {
    ...{ name, title, runs: 1, acknowledged: 0, arrived: 0, bounced: 0 },
    ...{ lost: 0, duplicated: 0, inFlight: 0, altered: 0 },
  };
  try {
    const program = programs[role];
    if (program === undefined) throw new NotHere(`@mailpair/${role}-gateway is not installed here`);
    const ground = await openGround({ ...row.needs, role, name, title, directory, program, signal });
    try {
      const chance = seededChance(`${seed}/${number}`).of(name);
      await row.run(ground, { chance, isQuick }).catch((error: unknown) => {
        if (signal.aborted || error instanceof NotHere) throw error;
        ground.faults.push((error as Error).message);
      });
      await ground.settle();
      return ground.result(row.reaches ?? []);
    } finally {
      await ground.close();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const why = (error as Error).message;
    return error instanceof NotHere ? { ...nothing, faults: [], notRun: why } : { ...nothing, faults: [why] };
  }
}
