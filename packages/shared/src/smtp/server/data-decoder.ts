/**
 * Takes the octets that follow DATA, undoes dot-stuffing and finds the end of the message. Octets that come in chunks
 * (RFC 3030) have neither dot-stuffing nor an end mark: they are checked in the same way, and taken as they are.
 *
 * A message of DATA ends at <CRLF>.<CRLF> and nowhere else (RFC 5321 §4.1.1.4). A bare CR, a bare LF or a NUL is
 * what SMTP smuggling is made of: it is marked in `bareLineEnd`, or, when normalising, a bare CR or LF becomes
 * CRLF and a NUL is dropped. A dot after a bare line end is content in either case.
 */
import { laidOut, scanLines } from '../../platform/fast/line-scan.ts';
import { PlainRun } from '../../platform/fast/plain-run.ts';

const NUL = 0;
const LF = 10;
const CR = 13;
const DOT = 46;
const CRLF = Buffer.from('\r\n');

/** From this size on a scan is worth it. */
const SCANNED_BYTES = 32;

export class DataDecoder {
  /** A bare CR, bare LF or NUL was seen (and normalised, when that was asked for). */
  bareLineEnd = false;
  /** The end of the message was seen. */
  ended = false;
  /** No line of the content begins with a dot. */
  isTransparent = true;
  readonly #normalise: boolean;
  readonly #isDotted: boolean;
  #atLineStart = true;
  #carry: Buffer | null = null;

  constructor(bareLineEnds: 'reject' | 'normalise', framing: 'dots' | 'chunks' = 'dots') {
    this.#normalise = bareLineEnds === 'normalise';
    this.#isDotted = framing === 'dots';
  }

  /** After the last chunk: an unfinished last line is ended, as DATA would have ended it. */
  finish(emit: (piece: Buffer) => void): void {
    const carry = this.#carry;
    this.#carry = null;
    if (carry) {
      this.bareLineEnd = true;
      this.isTransparent = false;
      if (!this.#normalise) emit(carry);
    }
    if (!this.#atLineStart) emit(CRLF);
  }

  /**
   * Decodes one chunk. Content goes to `emit` in order, lent for the call, as parts of the chunk wherever possible.
   * @returns the octets after the end of the message, or undefined while it goes on
   */
  feed(incoming: Buffer, emit: (piece: Buffer) => void): Buffer | undefined {
    const whole = this.#carry ? Buffer.concat([this.#carry, incoming]) : incoming;
    const chunk = laidOut(whole);
    this.#carry = null;
    const length = chunk.length;
    const plain = new PlainRun(chunk);
    let from = 0;
    let at = 0;
    const emitUpTo = (end: number): undefined => {
      if (end > from) emit(from === 0 && end === length ? chunk : chunk.subarray(from, end));
    };

    for (;;) {
      at = this.#skip(chunk, at);
      if (at >= length) return emitUpTo(length);
      if (this.#atLineStart && chunk[at] === DOT) {
        if (!this.#isDotted) {
          this.isTransparent = this.#atLineStart = false;
          continue;
        }
        emitUpTo(at);
        if (at + 1 >= length || (chunk[at + 1] === CR && at + 2 >= length)) return this.#keep(chunk, at);
        if (chunk[at + 1] === CR && chunk[at + 2] === LF) {
          this.ended = true;
          return whole.subarray(at + 3);
        }
        from = at += 1;
        this.isTransparent = false;
      }
      this.#atLineStart = false;
      at = plain.endAfter(at);
      if (at >= length) continue;
      const octet = chunk[at]!;
      if (octet === CR) {
        if (at + 1 >= length) {
          emitUpTo(at);
          return this.#keep(chunk, at);
        }
        if (chunk[at + 1] === LF) {
          at += 2;
          this.#atLineStart = true;
          continue;
        }
      }
      if (octet === CR || octet === LF || octet === NUL) {
        this.bareLineEnd = true;
        this.isTransparent = false;
        if (this.#normalise) {
          emitUpTo(at);
          if (octet !== NUL) emit(CRLF);
          from = at + 1;
          // In chunks a line is a line. After DATA a dot behind a bare line end is content.
          if (!this.#isDotted && octet !== NUL) this.#atLineStart = true;
        }
      }
      at += 1;
    }
  }

  /** The next chunk decides what these octets mean. */
  #keep(chunk: Buffer, at: number): undefined {
    this.#carry = Buffer.from(chunk.subarray(at));
  }

  /**
   * The next place from `at` on where something may have to be decided. Within a line that has such a place it does not scan again.
   */
  #skip(chunk: Buffer, at: number): number {
    if (chunk.length - at < SCANNED_BYTES || (at > 0 && !this.#atLineStart)) return at;
    const reached = scanLines(chunk, at, this.#atLineStart);
    if (reached > at) this.#atLineStart = chunk[reached - 1] === LF;
    return reached;
  }
}
