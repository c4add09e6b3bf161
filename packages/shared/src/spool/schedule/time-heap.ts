/** What is to happen when: the earliest is found at once. Something that is put again counts at its last time only. */
interface Timed {
  lookAt: number;
}

interface Item<T> {
  readonly value: T;
  readonly at: number;
}

export class TimeHeap<T extends Timed> {
  readonly #isWanted: (value: T) => boolean;
  /** A binary heap; items that are out of date stay until they come to the top. */
  #items: Item<T>[] = [];
  #put = 0;

  constructor(isWanted: (value: T) => boolean) {
    this.#isWanted = isWanted;
  }

  put(value: T, at: number): void {
    const items = this.#items;
    let place = items.push({ value, at }) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (items[parent]!.at <= items[place]!.at) break;
      [items[parent], items[place]] = [items[place]!, items[parent]!];
      place = parent;
    }
    this.#put += 1;
    if (this.#put >= SWEEP_AFTER && this.#put > items.length / 2) this.#sweep();
  }

  /** The earliest when its time has come, which is then no longer in here. */
  take(now: number): T | undefined {
    if (this.first > now || this.#items.length === 0) return undefined;
    return this.#shift().value;
  }

  /** The earliest time; Infinity when there is nothing. */
  get first(): number {
    while (this.#items.length > 0 && !this.#counts(this.#items[0]!)) this.#shift();
    return this.#items[0]?.at ?? Infinity;
  }

  /** What is out of date counts too. */
  get size(): number {
    return this.#items.length;
  }

  #counts({ value, at }: Item<T>): boolean {
    return value.lookAt === at && this.#isWanted(value);
  }

  #shift(): Item<T> {
    const items = this.#items;
    const first = items[0]!;
    const last = items.pop()!;
    if (items.length > 0) {
      items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #sink(from: number): void {
    const items = this.#items;
    for (let place = from; ;) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2])
        if (child < items.length && items[child]!.at < items[least]!.at) least = child;
      if (least === place) return;
      [items[least], items[place]] = [items[place]!, items[least]!];
      place = least;
    }
  }

  /** What is out of date must not heap up behind what is far away. */
  #sweep(): void {
    this.#put = 0;
    const seen = new Set<T>();
    this.#items = this.#items.filter((item) => {
      if (seen.has(item.value) || !this.#counts(item)) return false;
      seen.add(item.value);
      return true;
    });
    for (let place = (this.#items.length >> 1) - 1; place >= 0; place -= 1) this.#sink(place);
  }
}

const SWEEP_AFTER = 10_000;
