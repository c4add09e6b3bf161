/**
 * Makes a message transparent for DATA (RFC 5321 §4.5.2): a dot that begins a line is doubled, and a line with one dot
 * marks the end. Only CRLF ends a line, because the receiving host must see it in the same way.
 *
 * The dots are found by `Buffer.indexOf`, and a chunk without such a dot is returned uncopied.
 */
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const CRLF_DOT = Buffer.from('\r\n.');
const END = Buffer.from('.\r\n');
const CRLF_END = Buffer.from('\r\n.\r\n');

/** What ends a message that ends with these octets, at least two. An unfinished last line is ended first. */
export const endBehind = (octets: Buffer): Buffer =>
  octets[octets.length - 2] === CR && octets[octets.length - 1] === LF ? END : CRLF_END;

export class DotStuffing {
  /** What the octets so far end with. The CRLF of the DATA command comes before the first octet. */
  #endsWith: 'CRLF' | 'CR' | 'other' = 'CRLF';

  /** The chunk as it goes over the wire. */
  add(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk;
    const dots = this.#dotsIn(chunk);
    this.#endsWith = this.#endAfter(chunk);
    return dots.length === 0 ? chunk : doubled(chunk, dots);
  }

  /** A chunk that is known to have no line that begins with a dot. */
  pass(chunk: Buffer): Buffer {
    if (chunk.length > 0) this.#endsWith = this.#endAfter(chunk);
    return chunk;
  }

  /** What ends the message. An unfinished last line is ended first. */
  end(): Buffer {
    return this.#endsWith === 'CRLF' ? END : CRLF_END;
  }

  /** The places of the dots that begin a line. */
  #dotsIn(chunk: Buffer): number[] {
    const dots: number[] = [];
    if (this.#endsWith === 'CRLF' && chunk[0] === DOT) dots.push(0);
    if (this.#endsWith === 'CR' && chunk[0] === LF && chunk[1] === DOT) dots.push(1);
    for (let at = chunk.indexOf(CRLF_DOT); at >= 0; at = chunk.indexOf(CRLF_DOT, at + 3)) dots.push(at + 2);
    return dots;
  }

  #endAfter(chunk: Buffer): 'CRLF' | 'CR' | 'other' {
    const last = chunk[chunk.length - 1];
    if (last === CR) return 'CR';
    if (last !== LF) return 'other';
    const afterCr = chunk.length > 1 ? chunk[chunk.length - 2] === CR : this.#endsWith === 'CR';
    return afterCr ? 'CRLF' : 'other';
  }
}

function doubled(chunk: Buffer, dots: readonly number[]): Buffer {
  const result = Buffer.allocUnsafe(chunk.length + dots.length);
  let from = 0;
  let to = 0;
  for (const dot of dots) {
    to += chunk.copy(result, to, from, dot + 1);
    from = dot;
  }
  chunk.copy(result, to, from);
  return result;
}
