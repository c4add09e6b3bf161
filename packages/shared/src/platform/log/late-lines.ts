/**
 * Lines on their way to a file, composed many at a time: in a row that costs half of what it costs amid other work, whose
 * code and data it would drive out of the processor's caches.
 */

/** Composes a line, without its line end. What it reads must not change until it is called, a fraction of a second later. */
export type LateLine = () => string;

const TOGETHER = 64;

export class LateLines {
  #late: LateLine[] = [];
  #text = '';
  #composed = 0;

  /** Lines in all. */
  get count(): number {
    return this.#composed + this.#late.length;
  }

  /** Characters of those that are composed. */
  get length(): number {
    return this.#text.length;
  }

  add(line: LateLine): void {
    this.#late.push(line);
    if (this.#late.length >= TOGETHER) this.#compose();
  }

  /** All of them, each with its line end, in order; none is left. */
  take(): string {
    this.#compose();
    const text = this.#text;
    this.#text = '';
    this.#composed = 0;
    return text;
  }

  #compose(): void {
    const late = this.#late;
    if (late.length === 0) return;
    this.#late = [];
    this.#composed += late.length;
    let text = '';
    for (const line of late) text += `${line()}\n`;
    this.#text += text;
  }
}
