/**
 * How much evidence each token has had, for spam and for ham: open addressing over one array, 16 octets a slot, so that a look-up
 * touches one line of the processor's cache; at most two thirds full. It holds at most `most` tokens: when more come, those with
 * the least evidence go, a tenth of them at a time. No I/O.
 */
const LEAST_SLOTS = 1 << 12;
/** Of a slot: high and low half of the token, evidence for spam and for ham. */
const SLOT = 4;
const SPAM = 2;
const HAM = 3;
const MOST_FULL = 2 / 3;
/** What of `most` is left when the weakest have gone. */
const KEPT = 0.9;
/** Evidence below this is what rounding has left of something that was taken back. */
const NOTHING = 1e-6;

export class TokenTable {
  #most: number;
  #tokens = new Uint32Array(SLOT * LEAST_SLOTS);
  /** The same memory. */
  #evidence = new Float32Array(this.#tokens.buffer);
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
    let slots = this.#slots;
    while (Math.min(tokens, this.#most) >= MOST_FULL * slots) slots *= 2;
    if (slots > this.#slots) this.#rebuild(slots, 0);
  }

  /** Where the token stands, for `spamAt` and `hamAt`; -1 when it is unknown. */
  find(high: number, low: number): number {
    const tokens = this.#tokens;
    const mask = tokens.length - 1;
    for (let place = (low << 2) & mask; ; place = (place + SLOT) & mask) {
      const [a, b] = [tokens[place]!, tokens[place + 1]!];
      if (a === high && b === low) return place;
      if (a === 0 && b === 0) return -1;
    }
  }

  spamAt(place: number): number {
    return this.#evidence[place + SPAM]!;
  }

  hamAt(place: number): number {
    return this.#evidence[place + HAM]!;
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
    this.#evidence[place + SPAM] = Math.max(0, this.spamAt(place) + spam);
    this.#evidence[place + HAM] = Math.max(0, this.hamAt(place) + ham);
  }

  /** All evidence counts so many times as much. */
  scale(factor: number): void {
    for (let place = 0; place < this.#tokens.length; place += SLOT) {
      this.#evidence[place + SPAM]! *= factor;
      this.#evidence[place + HAM]! *= factor;
    }
  }

  /** Calls with each token. */
  forEach(call: (high: number, low: number, spam: number, ham: number) => void): void {
    const tokens = this.#tokens;
    for (let place = 0; place < tokens.length; place += SLOT)
      if (tokens[place] !== 0 || tokens[place + 1] !== 0)
        call(tokens[place]!, tokens[place + 1]!, this.spamAt(place), this.hamAt(place));
  }

  /** All tokens with their evidence, 16 octets each, as this machine writes numbers. */
  octets(): Buffer {
    const tokens = this.#tokens;
    const out = new Uint32Array(SLOT * this.#size);
    let at = 0;
    for (let place = 0; place < tokens.length; place += SLOT) {
      if (tokens[place] === 0 && tokens[place + 1] === 0) continue;
      for (let n = 0; n < SLOT; n += 1) out[at++] = tokens[place + n]!;
    }
    return Buffer.from(out.buffer);
  }

  /** Adds what `octets` gave. */
  addAll(octets: Buffer): void {
    const tokens = new Uint32Array(Uint8Array.from(octets).buffer);
    const evidence = new Float32Array(tokens.buffer);
    this.reserve(this.#size + tokens.length / SLOT);
    for (let at = 0; at < tokens.length; at += SLOT)
      this.add(tokens[at]!, tokens[at + 1]!, evidence[at + SPAM]!, evidence[at + HAM]!);
  }

  get #slots(): number {
    return this.#tokens.length / SLOT;
  }

  #insert(high: number, low: number): number {
    const mask = this.#tokens.length - 1;
    let place = (low << 2) & mask;
    while (this.#tokens[place] !== 0 || this.#tokens[place + 1] !== 0) place = (place + SLOT) & mask;
    this.#tokens[place] = high;
    this.#tokens[place + 1] = low;
    this.#size += 1;
    return place;
  }

  #makeRoom(): void {
    if (this.#size >= this.#most) this.#rebuild(this.#slots, this.#weakest());
    else if (this.#size >= MOST_FULL * this.#slots) this.#rebuild(2 * this.#slots, NOTHING);
  }

  /**
   * The evidence that a token must have to stay, or just below it: of positive floats those with larger bits are larger, so
   * that they are counted by their upper half in place of being sorted.
   */
  #weakest(): number {
    const sum = new Float32Array(1);
    const bits = new Uint32Array(sum.buffer);
    const counts = new Uint32Array(1 << 16);
    this.forEach((_high, _low, spam, ham) => {
      sum[0] = spam + ham;
      counts[bits[0]! >>> 16]! += 1;
    });
    let gone = this.#size - Math.floor(KEPT * this.#most);
    let half = 0;
    while (gone > counts[half]!) gone -= counts[half++]!;
    bits[0] = half << 16;
    return Math.max(NOTHING, sum[0]!);
  }

  /** Of those with the least evidence, or hardly more, no more stay than there is room for. */
  #rebuild(slots: number, least: number): void {
    const [tokens, evidence] = [this.#tokens, this.#evidence];
    const sumAt = (place: number): number => Math.fround(evidence[place + SPAM]! + evidence[place + HAM]!);
    const hardlyMore = least * (1 + 2 ** -6);
    let room = Math.floor(KEPT * this.#most);
    for (let place = 0; place < tokens.length; place += SLOT) if (sumAt(place) > hardlyMore) room -= 1;
    this.#tokens = new Uint32Array(SLOT * slots);
    this.#evidence = new Float32Array(this.#tokens.buffer);
    this.#size = 0;
    for (let from = 0; from < tokens.length; from += SLOT) {
      if (tokens[from] === 0 && tokens[from + 1] === 0) continue;
      const sum = sumAt(from);
      if (sum < least || (sum <= hardlyMore && room-- <= 0)) continue;
      const place = this.#insert(tokens[from]!, tokens[from + 1]!);
      this.#evidence[place + SPAM] = evidence[from + SPAM]!;
      this.#evidence[place + HAM] = evidence[from + HAM]!;
    }
  }
}
