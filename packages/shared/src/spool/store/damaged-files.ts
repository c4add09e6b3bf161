/**
 * Files of a spool that were found damaged, kept in the directory `damaged` of the spool until the operator deletes them:
 *
 *     NAME.TIME        the file, or a copy of it
 *     NAME.TIME.json   what is wrong with it, what to do, and what can be read of the messages in it
 *     unfinished       recovery has not looked through the spool since: nothing may be deleted that has no entry
 *
 * What is kept is on disk when the call returns.
 */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { openRegularSync, readRegularSync } from '../../platform/files/regular-file.ts';
import { syncDirectory } from './spool-directory.ts';
import type { Damage } from './spool.ts';

export interface DamagedFile extends Omit<Damage, 'id' | 'copy'> {
  readonly path: string;
  /**
   * - octets: what is to be kept; the file stays
   * - `link`: the file gets a second name
   * - `move`: the file is moved
   * - `none`: there is nothing to keep
   */
  readonly keep: Buffer | 'link' | 'move' | 'none';
  /** Lines that say whose messages these are. */
  readonly readable: readonly string[];
}

const UNFINISHED = 'unfinished';
const REPORT = '.json';

export class DamagedFiles {
  readonly #base: string;
  readonly #directory: string;
  readonly #now: () => number;

  /** @param base the directory of the spool */
  constructor(base: string, now: () => number = Date.now) {
    this.#base = base;
    this.#directory = join(base, 'damaged');
    this.#now = now;
  }

  keep({ path, keep, readable, ...damage }: DamagedFile): Damage {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const place = this.#freePlace(basename(path));
    if (keep === 'move') renameSync(path, place);
    else if (keep === 'link') linkSync(path, place);
    else if (keep !== 'none') writeSynced(place, keep);
    const report: Damage = {
      id: relative(this.#base, path),
      ...damage,
      ...(keep !== 'none' && { copy: place }),
    };
    const at = new Date(this.#now()).toISOString();
    writeSynced(
      `${place}${REPORT}`,
      Buffer.from(`${JSON.stringify({ ...report, at, readable }, null, 2)}\n`),
    );
    this.begin();
    return report;
  }

  /** What is kept, by name. A report that cannot be read is reported itself. */
  list(): Damage[] {
    return this.#names()
      .filter((name) => name.endsWith(REPORT))
      .map((name): Damage => {
        try {
          const { id, fault, copy, fix, isDoubtful } = JSON.parse(
            readRegularSync(join(this.#directory, name)).toString(),
          ) as Damage;
          return {
            id,
            fault,
            ...(copy !== undefined && { copy }),
            ...(fix !== undefined && { fix }),
            ...(isDoubtful && { isDoubtful }),
          };
        } catch (error) {
          return {
            id: join('damaged', name),
            fault: `the report cannot be read: ${(error as Error).message}`,
          };
        }
      });
  }

  /** Damage was found, and recovery has not come to its end since. */
  get isUnfinished(): boolean {
    return existsSync(join(this.#directory, UNFINISHED));
  }

  /** Recovery looks through everything, though no file is kept. */
  begin(): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    writeSynced(join(this.#directory, UNFINISHED), Buffer.alloc(0));
    for (const directory of [this.#directory, this.#base]) syncDirectory(directory);
  }

  finish(): void {
    rmSync(join(this.#directory, UNFINISHED), { force: true });
    if (this.#names().length === 0) rmSync(this.#directory, { recursive: true, force: true });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory).sort();
    } catch {
      return [];
    }
  }

  #freePlace(name: string): string {
    const time = new Date(this.#now()).toISOString().replace(/[-:.]/g, '');
    const first = join(this.#directory, `${name}.${time}`);
    let place = first;
    for (let more = 1; existsSync(place) || existsSync(`${place}${REPORT}`); more += 1)
      place = `${first}-${more}`;
    return place;
  }
}

function writeSynced(path: string, octets: Buffer): void {
  const file = openRegularSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
  try {
    for (let at = 0; at < octets.length;) at += writeSync(file, octets, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
