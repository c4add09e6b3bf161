/**
 * The body hash of a signature: SHA-256 of the body in relaxed canonical form (RFC 6376 §3.4.4), taken piece by piece
 * as the octets come, cut anywhere. Nothing is kept but counts, whatever the body is. Pure.
 */
import { createHash } from 'node:crypto';

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
/** Canonical octets that are gathered before they are hashed. */
const GATHER_OCTETS = 64 * 1024;

export class BodyHash {
  readonly #hash = createHash('sha256');
  readonly #out: Buffer;
  #used = 0;
  /** Line ends that count only if something follows. */
  #lineEnds = 0;
  /** White space that counts only if something follows on the line. */
  #space = false;
  /** The piece before ended in CR. */
  #afterCr = false;
  #empty = true;

  /** @param expectedOctets of the whole body, to be no larger than needed */
  constructor(expectedOctets = GATHER_OCTETS) {
    this.#out = Buffer.allocUnsafe(Math.min(GATHER_OCTETS, Math.max(1024, expectedOctets + 16)));
  }

  add(piece: Buffer): void {
    const end = piece.length;
    let at = 0;
    if (this.#afterCr && end > 0) {
      this.#afterCr = false;
      if (piece[0] === LF) {
        this.#endLine();
        at = 1;
      } else this.#put(CR);
    }
    while (at < end) {
      const octet = piece[at]!;
      if (octet === SPACE || octet === TAB) {
        this.#space = true;
        at += 1;
      } else if (octet === CR) {
        if (at + 1 === end) {
          this.#afterCr = true;
          return;
        }
        if (piece[at + 1] === LF) {
          this.#endLine();
          at += 2;
        } else {
          this.#put(CR);
          at += 1;
        }
      } else at = this.#word(piece, at, end);
    }
  }

  /** In base64. Nothing can be added after. */
  digest(): string {
    if (this.#afterCr) this.#put(CR);
    // A body that is not empty ends in one line end, there or not; one of empty lines only is empty.
    if (!this.#empty) {
      this.#room(2);
      this.#out[this.#used++] = CR;
      this.#out[this.#used++] = LF;
    }
    this.#hash.update(this.#out.subarray(0, this.#used));
    return this.#hash.digest('base64');
  }

  /** A run of octets that stay as they are; gives where it ended. */
  #word(piece: Buffer, from: number, end: number): number {
    this.#pending();
    const out = this.#out;
    let used = this.#used;
    let at = from;
    for (; at < end; at += 1) {
      const octet = piece[at]!;
      if (octet === SPACE || octet === TAB || octet === CR) {
        // Single spaces between words, the usual case, go along.
        if (octet !== SPACE || at + 1 >= end || piece[at + 1]! <= SPACE) break;
      }
      if (used === out.length) {
        this.#used = used;
        this.#room(1);
        used = this.#used;
      }
      out[used++] = octet;
    }
    this.#used = used;
    return at;
  }

  #put(octet: number): void {
    this.#pending();
    this.#room(1);
    this.#out[this.#used++] = octet;
  }

  #endLine(): void {
    this.#space = false;
    this.#lineEnds += 1;
  }

  #pending(): void {
    for (; this.#lineEnds > 0; this.#lineEnds -= 1) {
      this.#room(2);
      this.#out[this.#used++] = CR;
      this.#out[this.#used++] = LF;
    }
    this.#empty = false;
    if (!this.#space) return;
    this.#space = false;
    this.#room(1);
    this.#out[this.#used++] = SPACE;
  }

  #room(octets: number): void {
    if (this.#used + octets <= this.#out.length) return;
    this.#hash.update(this.#out.subarray(0, this.#used));
    this.#used = 0;
  }
}
