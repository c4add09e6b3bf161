/**
 * Octets for what lives no longer than a message is under way, cut from slabs. Node asks malloc for anything of 4 KB, and the
 * garbage collector to account for it; a slab costs that once for several messages. It lives as long as anything that was
 * cut from it, so nothing that is kept for long may be.
 */
const SLAB_BYTES = 32_768;
/** What is larger is a buffer of its own. */
const LARGEST_BYTES = 8_192;

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** So many octets, with whatever they last were. */
export function cut(sizeBytes: number): Buffer {
  if (sizeBytes > LARGEST_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
  if (used + sizeBytes > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const octets = slab.subarray(used, used + sizeBytes);
  used = (used + sizeBytes + 7) & ~7;
  return octets;
}

/** One after the other, copied. */
export function cutOf(pieces: readonly Buffer[]): Buffer {
  const octets = cut(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    octets.set(piece, at);
    at += piece.length;
  }
  return octets;
}
