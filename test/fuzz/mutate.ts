/** Octets changed by chance, the same for the same seed: bits, lengths, pieces doubled, moved and lost, words that matter. */

/** Mulberry32: numbers from 0 to below 1. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MOST_CHANGES = 6;

export interface Mutation {
  readonly seed: Buffer;
  /** Pieces of it may come in. */
  readonly other: Buffer;
  readonly words: readonly Buffer[];
  readonly longestBytes: number;
}

export function mutate({ seed, other, words, longestBytes }: Mutation, chance: () => number): Buffer {
  let octets: Buffer = Buffer.from(seed);
  const pick = (below: number): number => Math.floor(chance() * below);
  const changes = pick(2) === 0 ? 1 : 1 + pick(MOST_CHANGES);
  for (let change = 0; change < changes; change += 1) {
    const at = pick(octets.length + 1);
    const to = Math.min(octets.length, at + 1 + pick(64));
    const [before, piece, after] = [octets.subarray(0, at), octets.subarray(at, to), octets.subarray(to)];
    const kind = pick(9);
    if (kind <= 1 && at < octets.length)
      octets[at] = kind === 0 ? pick(256) : (octets[at] ?? 0) ^ (1 << pick(8));
    else if (kind === 2 || kind === 8) octets = Buffer.concat([before, wordOf(words, pick), piece, after]);
    else if (kind === 3) octets = Buffer.concat([before, after]);
    else if (kind === 4) octets = Buffer.concat([before, piece, piece, after]);
    else if (kind === 5) octets = Buffer.concat([before, other.subarray(pick(other.length + 1))]);
    else if (kind === 6 && pick(4) === 0) octets = octets.subarray(0, at);
    else if (at + 4 <= octets.length)
      octets.writeUInt32LE(pick(2) === 0 ? 0xffffffff - pick(3) : pick(1 << 16), at);
  }
  return octets.length > longestBytes ? octets.subarray(0, longestBytes) : octets;
}

const wordOf = (words: readonly Buffer[], pick: (below: number) => number): Buffer =>
  words[pick(words.length)] ?? Buffer.of(pick(256));

/** A piece between others, to be repeated: what takes time by the square of its length shows so. */
export interface Pump {
  readonly before: Buffer;
  readonly piece: Buffer;
  readonly after: Buffer;
}

export function pumpOf(seed: Buffer, words: readonly Buffer[], chance: () => number): Pump {
  const pick = (below: number): number => Math.floor(chance() * below);
  const at = pick(seed.length + 1);
  const to = Math.min(seed.length, at + 1 + pick(8));
  const piece = pick(3) === 0 || to === at ? wordOf(words, pick) : seed.subarray(at, to);
  const all = pick(8) === 0 ? seed : piece;
  return {
    before: seed.subarray(0, at),
    piece: all.length === 0 ? Buffer.from('(') : all,
    after: pick(2) === 0 ? seed.subarray(at) : Buffer.alloc(0),
  };
}

/** Of about so many octets. */
export function pumped({ before, piece, after }: Pump, bytes: number): Buffer {
  const times = Math.max(1, Math.floor((bytes - before.length - after.length) / piece.length));
  return Buffer.concat([before, Buffer.alloc(times * piece.length, piece), after]);
}
