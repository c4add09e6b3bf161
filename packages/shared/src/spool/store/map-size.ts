/**
 * How much of a mapped file is in memory, judged by what the whole process has gained since the file was opened.
 * Where the system does not tell (only Linux does), it is always little.
 */
import { openSync, readSync } from 'node:fs';

const MEGABYTE_PAGES = 2 ** 20 / 4096;
const STRETCHED_PAGES = 4 * MEGABYTE_PAGES;
const OVERSTRETCHED_PAGES = 6 * MEGABYTE_PAGES;
/** What is touched may be in a place of its own, in several tables: 64 KB each. */
const TOUCHES_PER_LOOK = 32;

export class MapSize {
  /** The file had better be opened afresh. */
  isStretched = false;
  /** Who can wait until it is opened afresh reads no more of it. */
  isOverstretched = false;
  readonly #mappedPages: () => number;
  #pagesAtOpen = 0;
  #touches = 0;

  /** `mappedPages` says how many pages of files this process has in memory. */
  constructor(mappedPages = pagesOfProcess) {
    this.#mappedPages = mappedPages;
  }

  opened(): void {
    this.isStretched = false;
    this.isOverstretched = false;
    this.#pagesAtOpen = this.#mappedPages();
  }

  /** To be called with every value read or written. */
  touch(): void {
    this.#touches += 1;
    if (this.#touches % TOUCHES_PER_LOOK === 0) this.look();
  }

  look(): void {
    const gained = this.#mappedPages() - this.#pagesAtOpen;
    this.isStretched = gained > STRETCHED_PAGES;
    this.isOverstretched = gained > OVERSTRETCHED_PAGES;
  }
}

const text = Buffer.alloc(128);
let statm: number | undefined;

function pagesOfProcess(): number {
  try {
    statm ??= openSync('/proc/self/statm', 'r');
    return Number(text.toString('latin1', 0, readSync(statm, text, 0, text.length, 0)).split(' ')[2]);
  } catch {
    return 0;
  }
}
