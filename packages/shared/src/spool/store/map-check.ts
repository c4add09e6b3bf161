/**
 * Whether the map can be used: read page by page before LMDB, which ends the process with a signal when it meets a damaged page.
 * Reads the trees, not the large values: about a second of CPU for 100,000 messages.
 */
import { crc32 } from 'node:zlib';
import { LmdbPages, PageFault } from './lmdb-pages.ts';
import { freePages, LmdbWalk, PageSet } from './lmdb-walk.ts';
import { decodeHead, hasRightSum, indexKey } from './record.ts';

export interface MapState {
  /** Why LMDB must not open it. */
  readonly fault?: string;
  /** Entries, bodies and index do not fit together, though LMDB can open it. */
  readonly isUnfit: boolean;
}

/** What the tables should have in common, as sums over their keys: equal when nothing was changed. */
class Sums {
  isUnfit = false;
  readonly #damaged = new Set<string>();
  #index = 0;
  #bodies = 0;
  #hasOldIndex = false;

  take(table: string, keyOctets: Buffer, value: () => Buffer): void {
    const key = keyOctets.toString('latin1');
    if (table === 'damaged') this.#damaged.add(key);
    else if (table === 'due') this.#hasOldIndex = true;
    else if (table === 'lanes') this.#index -= crc32(keyOctets);
    else if (table === 'files' || (table === 'bodies' && !this.#damaged.has(key)))
      this.#bodies -= crc32(keyOctets);
    else if (table === 'entries') this.#takeEntry(key, keyOctets, value());
  }

  get fit(): boolean {
    return this.#hasOldIndex || (!this.isUnfit && this.#index === 0 && this.#bodies === 0);
  }

  #takeEntry(id: string, key: Buffer, record: Buffer): void {
    const head = decodeHead(record);
    if (!head || !hasRightSum(record) || !record.includes(`"id":"${id}"`)) this.isUnfit = true;
    this.#bodies += crc32(key);
    if (head?.lane !== undefined) this.#index += crc32(indexKey({ lane: head.lane, due: head.due }, id));
  }
}

/** Those before others come first, for they say what is to be left out. */
const order = ['damaged', 'moved', 'due', 'files', 'bodies', 'entries', 'lanes'];

export function checkMap(path: string): MapState {
  const pages = new LmdbPages(path);
  try {
    const metas = pages.metas();
    const [meta] = metas;
    if (!meta || metas.length < 2) throw new PageFault('page 0 or 1: it does not begin as it must');
    const sums = new Sums();
    const options = {
      lastPage: meta.lastPage,
      onFault(fault: PageFault): never {
        throw fault;
      },
    };
    const walk = new LmdbWalk(pages, { ...options, isOrdered: true });
    const tables = [...walk.items(meta.main, meta.transaction)];
    for (const { key, tree } of tables.sort((a, b) => placeOf(a.key) - placeOf(b.key)))
      for (const item of walk.items(tree ?? { ...meta.main, root: undefined }, meta.transaction))
        sums.take(nameOf(key), item.key, () => item.value());
    const free = new PageSet(meta.lastPage);
    for (const item of new LmdbWalk(pages, { ...options, isOrdered: false }, walk.seen).items(
      meta.free,
      meta.transaction,
    ))
      for (const page of freePages(item.value(), meta.lastPage)) {
        if (page < 2 || page > meta.lastPage || free.has(page) || walk.seen.has(page))
          throw new PageFault(`page ${page}: it is in use, or free twice`);
        free.add(page);
      }
    return { isUnfit: !sums.fit };
  } catch (error) {
    if (!(error instanceof PageFault) && !(error instanceof RangeError)) throw error;
    return { isUnfit: true, fault: error.message };
  } finally {
    pages.close();
  }
}

/** LMDB ends the names of tables with a zero. */
export const nameOf = (key: Buffer): string => key.toString('latin1').split('\0', 1)[0]!;
const placeOf = (key: Buffer): number => order.indexOf(nameOf(key));
