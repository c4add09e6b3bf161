const [NUL, LF, CR, DOT] = [0, 10, 13, 46];

/** `scanLines`, one octet at a time: it reaches the place itself where something has to be decided. */
export function scanLinesSimple(chunk: Buffer, at: number, isLineStart: boolean): number {
  while (at < chunk.length) {
    const octet = chunk[at];
    if (octet === NUL || octet === LF || (octet === DOT && isLineStart)) return at;
    if (octet === CR && chunk[at + 1] !== LF) return at;
    isLineStart = octet === CR;
    at += isLineStart ? 2 : 1;
  }
  return at;
}
