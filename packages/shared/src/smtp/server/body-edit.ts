/**
 * A body with some of its octets taken out or replaced, made as it is read: of one in memory another in memory, of a file another
 * file beside it. The first stays as it is.
 */
import type { Body } from '../../platform/values/body.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import { octetsIn } from '../../platform/files/regular-file.ts';
import { MessageData } from './message-data.ts';

export interface Edit {
  readonly from: number;
  readonly to: number;
  /** What stands there instead; '' for nothing. Octets as Latin-1. */
  readonly by: string;
}

export interface EditOptions {
  /** Octets that are kept in memory … */
  readonly memoryBytes: number;
  /** … and the room for more. */
  readonly room: BlockPool;
  /** The path for the file, should one be needed. */
  newPath(): string;
}

export interface Edited {
  readonly body: Body;
  /** Gives back its memory, or removes its file. Whoever needs it longer holds it by then, or has linked it. */
  discard(): Promise<void>;
}

/**
 * @param edits in order, none over another
 * @throws what reading or writing throws; then there is no file
 */
export async function editBody(body: Body, edits: readonly Edit[], options: EditOptions): Promise<Edited> {
  const data = new MessageData({ ...options, maxBytes: Infinity });
  try {
    for await (const piece of piecesOf(body, edits)) await data.push(piece);
    return { body: await data.finish(), discard: () => data.discard() };
  } catch (error) {
    await data.discard();
    throw error;
  }
}

async function* piecesOf(body: Body, edits: readonly Edit[]): AsyncIterable<Buffer> {
  let offset = 0;
  let next = 0;
  for await (const chunk of chunksOf(body)) {
    const end = offset + chunk.length;
    let at = offset;
    for (let edit = edits[next]; edit !== undefined && edit.from < end; edit = edits[next]) {
      if (edit.from > at) yield chunk.subarray(at - offset, edit.from - offset);
      if (edit.from >= at && edit.by !== '') yield Buffer.from(edit.by, 'latin1');
      at = Math.max(at, Math.min(edit.to, end));
      if (edit.to > end) break;
      next += 1;
    }
    if (at < end) yield chunk.subarray(at - offset);
    offset = end;
  }
}

const chunksOf = (body: Body): Iterable<Buffer> | AsyncIterable<Buffer> =>
  body.path === undefined ? (body.chunks ?? []) : octetsIn(body.path);
