/**
 * How much evidence each token has had, for spam and for ham: open addressing over typed arrays, 16 octets a slot, at most
 * three quarters full. It holds at most `most` tokens: when more come, those with the least evidence go, a tenth of them at
 * a time. No I/O.
 */
const LEAST_SLOTS = 1 << 12;
/** What of `most` is left when the weakest have gone. */
const KEPT = 0.9;
/** Evidence below this is what rounding has left of something that was taken back. */
const NOTHING = 1e-6;

export class TokenTable {
  #most: number;
  #keys = new Uint32Array(2 * LEAST_SLOTS);
  #evidence = new Float32Array(2 * LEAST_SLOTS);
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Another bound; takes effect with the next token that is new. */
  set most(most: number) {
    this.#most = most;
  }

  /** Makes room at once for so many tokens. */
  reserve(tokens: number): void {
    let length = this.#keys.length;
    while (2 * Math.min(tokens, this.#most) >= 0.75 * length) length *= 2;
    if (length > this.#keys.length) this.#rebuild(length, 0);
  }

  /** Where the token stands: `evidence[place]` is that for spam, `evidence[place + 1]` for ham. -1 when it is unknown. */
  find(high: number, low: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    for (let place = (low << 1) & mask; ; place = (place + 2) & mask) {
      const [a, b] = [keys[place]!, keys[place + 1]!];
      if (a === high && b === low) return place;
      if (a === 0 && b === 0) return -1;
    }
  }

  get evidence(): Float32Array {
    return this.#evidence;
  }

  /** Adds evidence, or takes it back where it is below 0. A token 0,0 is none. */
  add(high: number, low: number, spam: number, ham: number): void {
    if (high === 0 && low === 0) return;
    let place = this.find(high, low);
    if (place < 0) {
      if (spam <= 0 && ham <= 0) return;
      this.#makeRoom();
      place = this.#insert(high, low);
    }
    this.#evidence[place] = Math.max(0, this.#evidence[place]! + spam);
    this.#evidence[place + 1] = Math.max(0, this.#evidence[place + 1]! + ham);
  }

  /** All evidence counts so many times as much. */
  scale(factor: number): void {
    for (let i = 0; i < this.#evidence.length; i += 1) this.#evidence[i]! *= factor;
  }

  /** Calls with each token. */
  forEach(call: (high: number, low: number, spam: number, ham: number) => void): void {
    const [keys, evidence] = [this.#keys, this.#evidence];
    for (let i = 0; i < keys.length; i += 2)
      if (keys[i] !== 0 || keys[i + 1] !== 0) call(keys[i]!, keys[i + 1]!, evidence[i]!, evidence[i + 1]!);
  }

  #insert(high: number, low: number): number {
    const mask = this.#keys.length - 1;
    let place = (low << 1) & mask;
    while (this.#keys[place] !== 0 || this.#keys[place + 1] !== 0) place = (place + 2) & mask;
    this.#keys[place] = high;
    this.#keys[place + 1] = low;
    this.#size += 1;
    return place;
  }

  #makeRoom(): void {
    if (this.#size >= this.#most) this.#rebuild(this.#keys.length, this.#weakest());
    else if (2 * this.#size >= 0.75 * this.#keys.length) this.#rebuild(2 * this.#keys.length, NOTHING);
  }

  /** The evidence that a token must have to stay. */
  #weakest(): number {
    const sums = new Float32Array(this.#size);
    let n = 0;
    this.forEach((_high, _low, spam, ham) => (sums[n++] = spam + ham));
    sums.sort();
    return Math.max(NOTHING, sums[Math.max(0, this.#size - Math.floor(KEPT * this.#most))]!);
  }

  /** Of those with just the least evidence no more stay than there is room for. */
  #rebuild(length: number, least: number): void {
    const [keys, evidence] = [this.#keys, this.#evidence];
    let room = Math.floor(KEPT * this.#most);
    for (let i = 0; i < keys.length; i += 2) if (evidence[i]! + evidence[i + 1]! > least) room -= 1;
    this.#keys = new Uint32Array(length);
    this.#evidence = new Float32Array(length);
    this.#size = 0;
    for (let i = 0; i < keys.length; i += 2) {
      const sum = evidence[i]! + evidence[i + 1]!;
      if (sum < least || (sum === least && room-- <= 0)) continue;
      const place = this.#insert(keys[i]!, keys[i + 1]!);
      this.#evidence[place] = evidence[i]!;
      this.#evidence[place + 1] = evidence[i + 1]!;
    }
  }
}
