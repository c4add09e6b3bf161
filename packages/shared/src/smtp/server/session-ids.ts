/** Ids of sessions: 16 letters and digits, 80 bits by chance. Random octets are fetched for many of them at once. */
import { randomFillSync } from 'node:crypto';

const BYTES = 10;
const octets = Buffer.alloc(400 * BYTES);
let used = octets.length;

export function createSessionId(): string {
  if (used === octets.length) {
    randomFillSync(octets);
    used = 0;
  }
  let id = '';
  for (const end = used + BYTES; used < end; used += 5) {
    // 40 bits are eight digits to the base of 32; one more in front keeps zeros.
    const bits = octets.readUIntBE(used, 5) + 2 ** 40;
    id += bits.toString(32).slice(1);
  }
  return id;
}
