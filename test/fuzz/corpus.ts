/**
 * The inputs of one target that reached something new, each in a file named by its SHA-256. Bounded: when there are too many, the
 * smallest ones that together reach the same blocks are kept, the rest is deleted.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const MOST_SEEDS = 400;

export interface Kept {
  readonly input: Buffer;
  /** What it reached when it was kept. */
  readonly blocks: readonly string[];
}

export class Corpus {
  readonly #directory: string | null;
  readonly #kept = new Map<string, Kept>();
  readonly #reached = new Set<string>();

  /** @param directory null keeps them in memory only */
  constructor(directory: string | null) {
    this.#directory = directory;
    if (directory !== null) mkdirSync(directory, { recursive: true });
  }

  /** What earlier runs left, the smallest first. */
  stored(): Buffer[] {
    const directory = this.#directory;
    if (directory === null) return [];
    return readdirSync(directory)
      .filter((name) => /^[0-9a-f]{16}$/.test(name))
      .sort()
      .map((name) => readFileSync(join(directory, name)))
      .sort((a, b) => a.length - b.length);
  }

  get inputs(): readonly Buffer[] {
    return [...this.#kept.values()].map(({ input }) => input);
  }

  /** Blocks that were reached so far. */
  get reached(): number {
    return this.#reached.size;
  }

  isNews(blocks: readonly string[]): boolean {
    return blocks.some((block) => !this.#reached.has(block));
  }

  /** These are not new from now on. */
  note(blocks: readonly string[]): void {
    for (const block of blocks) this.#reached.add(block);
  }

  /** Keeps the input if it reached something new. */
  add(input: Buffer, blocks: readonly string[]): void {
    if (!this.isNews(blocks)) return;
    this.note(blocks);
    const name = nameOf(input);
    this.#kept.set(name, { input: Buffer.from(input), blocks });
    if (this.#directory !== null) writeFileSync(join(this.#directory, name), input);
    if (this.#kept.size > MOST_SEEDS) this.minimise();
  }

  /** Keeps the smallest inputs that reach all blocks; of more than half the bound the latest. */
  minimise(): void {
    const needed = smallestCover([...this.#kept.values()]).slice(-MOST_SEEDS / 2);
    this.#kept.clear();
    for (const each of needed) this.#kept.set(nameOf(each.input), each);
    this.prune();
  }

  /** Deletes the files of what is not kept. */
  prune(): void {
    if (this.#directory === null) return;
    for (const name of readdirSync(this.#directory))
      if (/^[0-9a-f]{16}$/.test(name) && !this.#kept.has(name)) rmSync(join(this.#directory, name));
  }
}

const nameOf = (input: Buffer): string => createHash('sha256').update(input).digest('hex').slice(0, 16);

/** In the order in which they are given. */
export function smallestCover(all: readonly Kept[]): Kept[] {
  const covered = new Set<string>();
  const chosen = new Set<Kept>();
  for (const each of all.toSorted((a, b) => a.input.length - b.input.length)) {
    const before = covered.size;
    for (const block of each.blocks) covered.add(block);
    if (covered.size > before) chosen.add(each);
  }
  return all.filter((each) => chosen.has(each));
}
