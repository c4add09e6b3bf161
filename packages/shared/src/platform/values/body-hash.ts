/**
 * The hash of a body in the canonical forms of DKIM (RFC 6376 §3.4.3, §3.4.4), as it comes in pieces cut anywhere. With a
 * limit (`l=`) only so many octets are hashed, and the others counted. What is canonical already goes to the hash as it
 * lies there, which is nearly all of most mail. Nothing is kept of a body but counts.
 */
import { createHash, type Hash } from 'node:crypto';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

const lineEnds = Buffer.from('\r\n'.repeat(4096));
const space = Buffer.from(' ');
const carriageReturn = Buffer.from('\r');

/** Shorter runs are gathered: a call of the hash costs as much as some hundred octets. */
const SHORT_OCTETS = 512;
const GATHER_OCTETS = 4 * 1024;

export class BodyHash {
  /** Octets that came in. */
  byteLength = 0;
  /** Octets of the canonical form. */
  canonicalizedLength = 0;
  /** Of those, the ones that are hashed. */
  bodyHashedBytes = 0;
  readonly #relaxed: boolean;
  readonly #hash: Hash;
  readonly #limit: number;
  #gathered: Buffer | undefined;
  #used = 0;
  /** Line ends that count only when something follows. */
  #pending = 0;
  /** White space that counts only when something follows on the line. */
  #space = false;
  /** The piece before ended in CR. */
  #cr = false;

  constructor(form: string, algorithm: string, limit = Infinity) {
    this.#relaxed = form === 'relaxed';
    this.#hash = createHash(algorithm);
    this.#limit = limit;
  }

  update(piece: Buffer): void {
    this.byteLength += piece.length;
    let at = 0;
    if (this.#cr && piece.length > 0) {
      this.#cr = false;
      if (piece[0] === LF) at = this.#endLines(1, 1);
      else this.#content(carriageReturn, 0, 1);
    }
    while (at < piece.length) {
      const octet = piece[at]!;
      if (this.#relaxed && (octet === SPACE || octet === TAB)) {
        this.#space = true;
        at += 1;
      } else if (octet === LF) at = this.#endLines(1, at + 1);
      else if (octet === CR && at + 1 === piece.length) {
        this.#cr = true;
        return;
      } else if (octet === CR && piece[at + 1] === LF) at = this.#endLines(1, at + 2);
      else at = this.#run(piece, at);
    }
  }

  /** In base64. Nothing can be added after. */
  digest(): string {
    if (this.#cr) this.#content(carriageReturn, 0, 1);
    // Relaxed leaves an empty body empty, simple makes it one line end.
    if (!this.#relaxed || this.canonicalizedLength > 0) this.#take(lineEnds, 0, 2);
    this.#flush();
    return this.#hash.digest('base64');
  }

  /** Octets that are canonical as they stand, from one that is neither white space nor a line end; gives where they ended. */
  #run(piece: Buffer, from: number): number {
    const relaxed = this.#relaxed;
    let start = from;
    // The last of the white space before stands for all of it.
    if (this.#space && piece[from - 1] === SPACE) {
      this.#space = false;
      start -= 1;
    }
    let at = from + 1;
    for (; at < piece.length; at += 1) {
      const octet = piece[at]!;
      if (octet > SPACE) continue;
      if (octet === LF) break;
      if (octet === CR) {
        if (at + 1 === piece.length) break;
        if (piece[at + 1] !== LF) continue;
        let next = at + 2;
        while (piece[next] === CR && piece[next + 1] === LF) next += 2;
        // So is a line end before a word.
        if (!(piece[next]! > SPACE)) break;
        at = next;
      } else if (relaxed && (octet === TAB || (octet === SPACE && !(piece[at + 1]! > SPACE)))) break;
    }
    this.#content(piece, start, at);
    return at;
  }

  #endLines(count: number, at: number): number {
    this.#space = false;
    this.#pending += count;
    return at;
  }

  /** What makes that which came before count. */
  #content(from: Buffer, start: number, end: number): void {
    for (; this.#pending > 0; this.#pending -= Math.min(this.#pending, lineEnds.length / 2))
      this.#take(lineEnds, 0, Math.min(2 * this.#pending, lineEnds.length));
    if (this.#space) this.#take(space, 0, 1);
    this.#space = false;
    this.#take(from, start, end);
  }

  #take(from: Buffer, start: number, end: number): void {
    this.canonicalizedLength += end - start;
    const octets = Math.min(end - start, this.#limit - this.bodyHashedBytes);
    if (octets <= 0) return;
    this.bodyHashedBytes += octets;
    const stop = start + octets;
    if (octets > SHORT_OCTETS) {
      this.#flush();
      this.#hash.update(from.subarray(start, stop));
      return;
    }
    const gathered = (this.#gathered ??= Buffer.allocUnsafe(GATHER_OCTETS));
    if (this.#used + octets > GATHER_OCTETS) this.#flush();
    let used = this.#used;
    for (let at = start; at < stop; at += 1) gathered[used++] = from[at]!;
    this.#used = used;
  }

  #flush(): void {
    if (this.#used > 0) this.#hash.update(this.#gathered!.subarray(0, this.#used));
    this.#used = 0;
  }
}
