/** Lists of several workers as one. */
import type { Lines } from './json-lines.ts';
import { allOf } from './merged.ts';

/**
 * The lines of each begin with ids, `{"id":"1A…`, and are in order, so they are compared as they are. What lies behind the last line
 * that one has told waits until it has told more.
 */
export async function* mergeLines(lists: readonly Lines[]): Lines {
  const parts = lists.map((list) => new Part(list));
  try {
    for (;;) {
      await allOf(parts, (part) => part.fill());
      const ends = parts.map(({ lines }) => lines.at(-1)).filter((line) => line !== undefined);
      const end = ends.toSorted()[0];
      if (end === undefined) return;
      yield parts.flatMap((part) => part.takeUntil(end)).toSorted();
    }
  } finally {
    await allOf(parts, (part) => part.close());
  }
}

/** What one list has told and has not been given on. */
class Part {
  lines: readonly string[] = [];
  readonly #list: AsyncIterator<readonly string[]>;

  constructor(list: Lines) {
    this.#list = list[Symbol.asyncIterator]();
  }

  /** Reads on when nothing is left. */
  async fill(): Promise<void> {
    while (this.lines.length === 0) {
      const next = await this.#list.next();
      if (next.done) return;
      this.lines = next.value;
    }
  }

  takeUntil(end: string): readonly string[] {
    const behind = this.lines.findIndex((line) => line > end);
    const taken = behind < 0 ? this.lines : this.lines.slice(0, behind);
    this.lines = behind < 0 ? [] : this.lines.slice(behind);
    return taken;
  }

  async close(): Promise<void> {
    await this.#list.return?.();
  }
}
