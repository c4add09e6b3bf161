/**
 * The tokens of one message, each once: hashes of 64 bits in two halves. Bounded; what comes when it is full is left out.
 * It is used for one message after the other, so `tokens` hold only until the next `clear`.
 */
export const MAX_TOKENS = 4_096;
const SLOTS = 4 * MAX_TOKENS;

export class TokenSet {
  /** Places of `#tokens` by hash; those of an earlier message are told by `#round`. */
  readonly #places = new Uint16Array(SLOTS);
  readonly #rounds = new Uint32Array(SLOTS);
  readonly #tokens = new Uint32Array(2 * MAX_TOKENS);
  #round = 0;
  #size = 0;

  clear(): void {
    this.#size = 0;
    this.#round = (this.#round + 1) >>> 0;
    if (this.#round > 0) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  get isFull(): boolean {
    return this.#size === MAX_TOKENS;
  }

  add(high: number, low: number): void {
    const [a, b] = [high >>> 0, low >>> 0];
    for (let slot = b % SLOTS; ; slot = (slot + 1) % SLOTS) {
      if (this.#rounds[slot] !== this.#round) {
        if (this.#size === MAX_TOKENS) return;
        this.#rounds[slot] = this.#round;
        this.#places[slot] = this.#size;
        this.#tokens[2 * this.#size] = a;
        this.#tokens[2 * this.#size + 1] = b;
        this.#size += 1;
        return;
      }
      const place = 2 * this.#places[slot]!;
      if (this.#tokens[place] === a && this.#tokens[place + 1] === b) return;
    }
  }

  /** High and low half of each in turn. */
  get tokens(): Uint32Array {
    return this.#tokens.subarray(0, 2 * this.#size);
  }
}
