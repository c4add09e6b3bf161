/**
 * Examples in pieces small enough to be told to a partner, and put together again:
 * `ID spam 1798761600000 2/5 BASE64` is the second piece of five.
 */
import type { Example, Kind } from './example.ts';

/** With what stands before them well below a thousand characters. */
const TOKENS_IN_A_PIECE = 80;
const PIECE_BYTES = 8 * TOKENS_IN_A_PIECE;
const MAX_PIECES = 64;
/** Examples of which pieces are awaited; the longest awaited goes first. */
const MAX_AWAITED = 500;

/** How many pieces a message of so many tokens makes. */
export const piecesOf = (tokens: number): number => Math.max(1, Math.ceil(tokens / TOKENS_IN_A_PIECE));

/** @param number from 1 on */
export function formatPiece({ id, as, at, tokens }: Example, number: number): string {
  const octets = Buffer.alloc(4 * tokens.length);
  for (let i = 0; i < tokens.length; i += 1) octets.writeUInt32LE(tokens[i]!, 4 * i);
  const piece = octets.subarray((number - 1) * PIECE_BYTES, number * PIECE_BYTES);
  return `${id} ${as} ${at} ${number}/${piecesOf(tokens.length / 2)} ${piece.toString('base64')}`;
}

interface Awaited {
  readonly pieces: (Buffer | undefined)[];
  left: number;
}

export class Pieces {
  readonly #awaited = new Map<string, Awaited>();

  /** @returns the example when this was the last piece of it */
  take(item: string): Example | undefined {
    const match = /^([\da-f]{32}) (spam|ham|none) (\d{1,15}) (\d{1,2})\/(\d{1,2}) ([\w+/=]*)$/.exec(item);
    if (!match) return undefined;
    const [, id, as, at, number, count, text] = match as unknown as [string, string, Kind, ...string[]];
    const [place, all] = [Number(number) - 1, Number(count)];
    const octets = Buffer.from(text!, 'base64');
    if (
      place < 0 ||
      place >= all ||
      all > MAX_PIECES ||
      octets.length > PIECE_BYTES ||
      octets.length % 8 !== 0
    )
      return undefined;
    const key = `${id} ${as} ${at} ${all}`;
    const awaited = this.#awaited.get(key) ?? {
      pieces: new Array<undefined>(all).fill(undefined),
      left: all,
    };
    if (!awaited.pieces[place]) awaited.left -= 1;
    awaited.pieces[place] = octets;
    this.#awaited.delete(key);
    if (awaited.left > 0) {
      this.#awaited.set(key, awaited);
      if (this.#awaited.size > MAX_AWAITED) this.#awaited.delete(this.#awaited.keys().next().value!);
      return undefined;
    }
    return { id, as, at: Number(at), tokens: tokensIn(Buffer.concat(awaited.pieces as Buffer[])) };
  }
}

function tokensIn(octets: Buffer): Uint32Array {
  const tokens = new Uint32Array(octets.length / 4);
  for (let i = 0; i < tokens.length; i += 1) tokens[i] = octets.readUInt32LE(4 * i);
  return tokens;
}
