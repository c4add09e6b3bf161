/** Runs events in the order of simulated time, without waiting for real time. */

interface Event {
  readonly atMs: number;
  /** Events at the same time run in the order in which they were planned. */
  readonly order: number;
  readonly act: () => void;
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export class Timeline {
  /** A binary heap; the next event is at index 0. */
  readonly #events: Event[] = [];
  #now = 0;
  #planned = 0;

  /** Milliseconds of simulated time since the start. */
  get now(): number {
    return this.#now;
  }

  after(delayMs: number, act: () => void): void {
    this.#planned += 1;
    this.#push({ atMs: this.#now + Math.max(0, delayMs), order: this.#planned, act });
  }

  every(intervalMs: number, act: () => void): void {
    this.after(intervalMs, () => {
      act();
      this.every(intervalMs, act);
    });
  }

  /** Runs all events before `untilMs`. */
  run(untilMs: number): void {
    while (this.#events.length > 0 && this.#events[0]!.atMs <= untilMs) {
      const { atMs, act } = this.#pop();
      this.#now = atMs;
      act();
    }
    this.#now = untilMs;
  }

  #push(event: Event): void {
    const events = this.#events;
    let at = events.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, events[parent]!)) break;
      events[at] = events[parent]!;
      at = parent;
    }
    events[at] = event;
  }

  #pop(): Event {
    const events = this.#events;
    const first = events[0]!;
    const last = events.pop()!;
    if (events.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(events[child + 1]!, events[child]!)) child += 1;
      if (!isBefore(events[child]!, last)) break;
      events[at] = events[child]!;
      at = child;
    }
    events[at] = last;
    return first;
  }
}
