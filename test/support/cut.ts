/** @returns the octets in pieces, none of them empty unless all are, that end at `places`; a place beyond the end wraps around */
export function cut(octets: Buffer, places: readonly number[]): Buffer[] {
  const inside = places.map((place) => place % (octets.length + 1)).filter((place) => place > 0);
  const ends = [...new Set([...inside, octets.length])].sort((a, b) => a - b);
  return ends.map((end, index) => octets.subarray(ends[index - 1] ?? 0, end));
}
