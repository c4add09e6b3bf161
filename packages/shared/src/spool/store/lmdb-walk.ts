/**
 * The trees of an LMDB file, page by page: every item that can be reached, and whether everything is as it must be. Each page is
 * where it says it is, belongs to one place, is not newer than what leads to it, and its keys are in order and within the bounds
 * that lead to it.
 */
import {
  branchNode,
  leafNode,
  PageFault,
  type LmdbPages,
  type Node,
  type Page,
  type Tree,
} from './lmdb-pages.ts';

export interface Item {
  readonly key: Buffer;
  readonly tree: Tree | undefined;
  /** @throws PageFault */
  value(): Buffer;
}

interface Bounds {
  readonly low?: Buffer | undefined;
  /** First key that is no longer in it. */
  readonly high?: Buffer | undefined;
}

interface Counted {
  branches: number;
  leaves: number;
  overflows: number;
  items: number;
}

export interface WalkOptions {
  readonly lastPage: number;
  /** Numbers of keys are not in the order of their octets. */
  readonly isOrdered: boolean;
  /** May throw, which ends the walk; otherwise the page is passed over. */
  readonly onFault: (fault: PageFault) => void;
}

/** One bit for each page. */
export class PageSet {
  readonly #bits: Uint8Array;

  constructor(pages: number) {
    this.#bits = new Uint8Array(Math.ceil((pages + 1) / 8));
  }

  has = (page: number): boolean => (this.#bits[page >> 3]! & (1 << (page & 7))) !== 0;

  add(page: number): void {
    this.#bits[page >> 3]! |= 1 << (page & 7);
  }
}

export class LmdbWalk {
  readonly seen: PageSet;
  readonly #pages: LmdbPages;
  readonly #options: WalkOptions;

  constructor(pages: LmdbPages, options: WalkOptions, seen = new PageSet(options.lastPage)) {
    this.#pages = pages;
    this.#options = options;
    this.seen = seen;
  }

  /** In order. @param transaction that the root is not newer than */
  *items(tree: Tree, transaction: number): Generator<Item> {
    if (tree.root === undefined) return;
    const counted: Counted = { branches: 0, leaves: 0, overflows: 0, items: 0 };
    yield* this.#below(tree.root, tree.depth, transaction, {}, counted);
    for (const name of ['branches', 'leaves', 'overflows', 'items'] as const)
      if (counted[name] !== tree[name])
        this.#options.onFault(
          new PageFault(`page ${tree.root}: it leads to ${counted[name]} ${name} instead of ${tree[name]}`),
        );
  }

  *#below(
    number: number,
    depth: number,
    transaction: number,
    bounds: Bounds,
    counted: Counted,
  ): Generator<Item> {
    const page = this.#attempt(() => this.#expectPage(number, depth, transaction));
    if (!page) return;
    if (page.kind === 'leaf') {
      counted.leaves += 1;
      yield* this.#inLeaf(page, bounds, counted);
      return;
    }
    counted.branches += 1;
    const children = page.nodes.flatMap((at) => this.#attempt(() => branchNode(page, at)) ?? []);
    for (const [index, { child, key }] of children.entries()) {
      const low = index === 0 ? bounds.low : key;
      const high = children[index + 1]?.key ?? bounds.high;
      yield* this.#below(child, depth - 1, page.transaction, { low, high }, counted);
    }
  }

  *#inLeaf(page: Page, { low, high }: Bounds, counted: Counted): Generator<Item> {
    let last: Buffer | undefined;
    for (const at of page.nodes) {
      const item = this.#attempt(() => {
        const node = leafNode(page, at);
        const isRight =
          !this.#options.isOrdered ||
          ((!low || low.compare(node.key) <= 0) &&
            (!high || node.key.compare(high) < 0) &&
            (!last || last.compare(node.key) < 0));
        if (!isRight) this.#options.onFault(new PageFault(`page ${page.number}: its keys are out of order`));
        last = node.key;
        return this.#itemOf(node, counted);
      });
      if (!item) continue;
      counted.items += 1;
      yield item;
    }
  }

  #itemOf(node: Node, counted: Counted): Item {
    if (!Buffer.isBuffer(node.value)) {
      const { page, pages } = node.value;
      this.#pages.expectValue(node);
      for (let each = page; each < page + pages; each += 1) {
        this.#expectFresh(each);
        this.seen.add(each);
      }
      counted.overflows += pages;
    }
    return { key: node.key, tree: node.tree, value: () => this.#pages.valueOf(node) };
  }

  #expectPage(number: number, depth: number, transaction: number): Page {
    this.#expectFresh(number);
    const page = this.#pages.page(number);
    if (page.transaction > transaction)
      throw new PageFault(`page ${number}: it is newer than what leads to it`);
    if (depth <= 1 !== (page.kind === 'leaf'))
      throw new PageFault(`page ${number}: it is in the wrong place`);
    this.seen.add(number);
    return page;
  }

  #expectFresh(number: number): void {
    if (number < 2 || number > this.#options.lastPage) throw new PageFault(`page ${number}: there is none`);
    if (this.seen.has(number)) throw new PageFault(`page ${number}: two places lead to it`);
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PageFault)) throw error;
      this.#options.onFault(error);
      return undefined;
    }
  }
}

/** Pages that the list of free pages has, `-N first` for N of them in a row, and one at most that is beyond the last. */
export function* freePages(list: Buffer, lastPage: number): Generator<number> {
  if (list.length < 8) return;
  const count = Math.min(Number(list.readBigInt64LE(0)), list.length / 8 - 1);
  for (let index = 1; index <= count; index += 1) {
    const entry = Number(list.readBigInt64LE(8 * index));
    if (entry > 0) yield entry;
    if (entry >= 0) continue;
    index += 1;
    const first = index <= count ? Number(list.readBigInt64LE(8 * index)) : 0;
    for (let page = first; page < Math.min(first - entry, lastPage + 2); page += 1) yield page;
  }
}
