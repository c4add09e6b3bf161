/**
 * The pages of an LMDB file (data version 2, as lmdb 3.5 writes it), read without LMDB, which trusts what it reads and ends the
 * process when that is damaged. Little endian; a page is
 *
 *     number (8)  transaction (8)  - (2)  kind (2)  end of the pointers (2)  begin of the nodes (2)  pointers (2 each) … nodes
 *
 * with both counted from behind this head. A node is  size or page (2 + 2)  flags or page (2)  length of key (2)  key  value.
 * A large value is in pages of its own: the node has the first of them, a transaction and their count.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { openRegularSync } from '../../platform/files/regular-file.ts';

const PAGE_BYTES = 4096;
const HEAD_BYTES = 24;
const NODE_BYTES = 8;
const [BRANCH, LEAF, OVERFLOW, META] = [1, 2, 4, 8];
const KINDS = 0x6f;
const [IN_PAGES, IS_TREE] = [1, 2];
const META_MARK = Buffer.from('dec0efbe02000000', 'hex');
const NO_PAGE = 2 ** 64;

/** The root of a tree, and what the file says is in it. */
export interface Tree {
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly items: number;
  /** Undefined when the tree is empty. */
  readonly root: number | undefined;
}

export interface Meta {
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
}

export interface Page {
  readonly number: number;
  readonly kind: 'branch' | 'leaf';
  readonly transaction: number;
  readonly octets: Buffer;
  /** Where the nodes are. */
  readonly nodes: readonly number[];
}

export interface Node {
  readonly key: Buffer;
  /** Of a leaf: in the page itself, or where it is. */
  readonly value: Buffer | { readonly page: number; readonly pages: number; readonly bytes: number };
  readonly tree: Tree | undefined;
}

export class PageFault extends Error {
  override name = 'PageFault';
}

export class LmdbPages {
  readonly sizeBytes: number;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openRegularSync(path);
    this.sizeBytes = fstatSync(this.#file).size;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Those that can be read, the newest first. */
  metas(): Meta[] {
    if (this.sizeBytes < 2 * PAGE_BYTES) return [];
    return [0, 1]
      .map((number) => metaIn(this.octets(number, 1)))
      .filter((meta) => meta !== undefined)
      .sort((a, b) => b.transaction - a.transaction);
  }

  /** @throws PageFault when the file ends before */
  octets(number: number, pages: number): Buffer {
    const octets = Buffer.allocUnsafe(pages * PAGE_BYTES);
    const read = readSync(this.#file, octets, 0, octets.length, number * PAGE_BYTES);
    if (read < octets.length) throw new PageFault(`page ${number}: the file ends before`);
    return octets;
  }

  /** @throws PageFault */
  page(number: number): Page {
    const octets = this.octets(number, 1);
    const kind = octets.readUInt16LE(18) & KINDS;
    if (word(octets, 0) !== number) throw new PageFault(`page ${number}: it says it is another`);
    if (kind !== BRANCH && kind !== LEAF) throw new PageFault(`page ${number}: it is no part of a tree`);
    return {
      number,
      kind: kind === BRANCH ? 'branch' : 'leaf',
      transaction: word(octets, 8),
      octets,
      nodes: nodesIn(octets, number),
    };
  }

  /** A page that may be damaged, with the nodes that may be read; of one whose kind is unknown as if it were a leaf. */
  loosePage(number: number): Page {
    const octets = this.octets(number, 1);
    const nodes: number[] = [];
    for (let pointer = HEAD_BYTES; pointer + 2 <= PAGE_BYTES; pointer += 2) {
      const at = HEAD_BYTES + octets.readUInt16LE(pointer);
      if (at <= pointer || at + NODE_BYTES > PAGE_BYTES) break;
      nodes.push(at);
    }
    const kind = (octets.readUInt16LE(18) & KINDS) === BRANCH ? 'branch' : 'leaf';
    return { number, kind, transaction: word(octets, 8), octets, nodes };
  }

  /** Of a value in pages of its own, whether all of them are there. @throws PageFault */
  expectValue({ value }: Node): void {
    if (Buffer.isBuffer(value)) return;
    const { page, pages, bytes } = value;
    if (pages !== Math.floor((HEAD_BYTES - 1 + bytes) / PAGE_BYTES) + 1)
      throw new PageFault(`page ${page}: a value has another length than its pages`);
    if ((page + pages) * PAGE_BYTES > this.sizeBytes)
      throw new PageFault(`page ${page}: the file ends before the end of a value`);
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    readSync(this.#file, head, 0, HEAD_BYTES, page * PAGE_BYTES);
    const isRight =
      word(head, 0) === page &&
      (head.readUInt16LE(18) & KINDS) === OVERFLOW &&
      head.readUInt32LE(20) === pages;
    if (!isRight) throw new PageFault(`page ${page}: it does not hold the value that it should`);
  }

  /** @throws PageFault */
  valueOf(node: Node): Buffer {
    const { value } = node;
    if (Buffer.isBuffer(value)) return value;
    this.expectValue(node);
    return this.octets(value.page, value.pages).subarray(HEAD_BYTES, HEAD_BYTES + value.bytes);
  }
}

/** @throws PageFault */
export function leafNode({ octets, number }: Page, at: number): Node {
  const size = octets.readUInt32LE(at);
  const flags = octets.readUInt16LE(at + 4);
  const keyEnd = at + NODE_BYTES + octets.readUInt16LE(at + 6);
  const end = keyEnd + (flags & IN_PAGES ? 24 : size);
  if (end > PAGE_BYTES || flags > (IN_PAGES | IS_TREE))
    throw new PageFault(`page ${number}: an item goes beyond its end`);
  const key = octets.subarray(at + NODE_BYTES, keyEnd);
  const value = octets.subarray(keyEnd, end);
  if (flags & IN_PAGES)
    return { key, tree: undefined, value: { page: word(value, 0), pages: word(value, 16), bytes: size } };
  return { key, value, tree: flags & IS_TREE && value.length === 48 ? treeAt(value, 0) : undefined };
}

/** @throws PageFault */
export function branchNode(
  { octets, number }: Page,
  at: number,
): { readonly key: Buffer; readonly child: number } {
  const keyEnd = at + NODE_BYTES + octets.readUInt16LE(at + 6);
  if (keyEnd > PAGE_BYTES) throw new PageFault(`page ${number}: an item goes beyond its end`);
  const child = octets.readUInt32LE(at) + octets.readUInt16LE(at + 4) * 2 ** 32;
  return { key: octets.subarray(at + NODE_BYTES, keyEnd), child };
}

function nodesIn(octets: Buffer, number: number): number[] {
  const [lower, upper] = [octets.readUInt16LE(20), octets.readUInt16LE(22)];
  if (lower % 2 !== 0 || lower === 0 || lower > upper || HEAD_BYTES + upper > PAGE_BYTES)
    throw new PageFault(`page ${number}: its head is damaged`);
  const nodes: number[] = [];
  for (let pointer = 0; pointer < lower; pointer += 2) {
    const at = octets.readUInt16LE(HEAD_BYTES + pointer);
    if (at < upper || HEAD_BYTES + at + NODE_BYTES > PAGE_BYTES)
      throw new PageFault(`page ${number}: an item is outside of it`);
    nodes.push(HEAD_BYTES + at);
  }
  return nodes;
}

function metaIn(octets: Buffer): Meta | undefined {
  if ((octets.readUInt16LE(18) & KINDS) !== META) return undefined;
  if (META_MARK.compare(octets, HEAD_BYTES, HEAD_BYTES + 8) !== 0 || octets.readUInt32LE(48) !== PAGE_BYTES)
    return undefined;
  return {
    free: treeAt(octets, 48),
    main: treeAt(octets, 96),
    lastPage: word(octets, 144),
    transaction: word(octets, 152),
  };
}

function treeAt(octets: Buffer, at: number): Tree {
  const root = word(octets, at + 40);
  return {
    depth: octets.readUInt16LE(at + 6),
    branches: word(octets, at + 8),
    leaves: word(octets, at + 16),
    overflows: word(octets, at + 24),
    items: word(octets, at + 32),
    root: root >= NO_PAGE - 1 ? undefined : root,
  };
}

/** As precise as any file is long. */
const word = (octets: Buffer, at: number): number =>
  octets.readUInt32LE(at) + octets.readUInt32LE(at + 4) * 2 ** 32;
