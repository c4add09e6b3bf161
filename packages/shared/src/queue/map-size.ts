/**
 * How much of a mapped file is in memory, judged by what the whole process has gained since the file was opened.
 * Where the system does not tell (only Linux does), it is always little.
 */
import { readFileSync } from 'node:fs';

const stretchedPages = (8 * 2 ** 20) / 4096;
const touchesPerLook = 128;

export class MapSize {
  isStretched = false;
  #pagesAtOpen = 0;
  #touches = 0;

  opened(): void {
    this.isStretched = false;
    this.#pagesAtOpen = mappedPages();
  }

  /** To be called with every value read or written. */
  touch(): void {
    this.#touches += 1;
    if (this.#touches % touchesPerLook === 0)
      this.isStretched = mappedPages() - this.#pagesAtOpen > stretchedPages;
  }
}

/** Pages of files that this process has in memory. */
function mappedPages(): number {
  try {
    return Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[2]);
  } catch {
    return 0;
  }
}
