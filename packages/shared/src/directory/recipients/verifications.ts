/**
 * Bounds how often mailboxes that are known to exist are asked about again, because what clients send may give cause for it: each
 * mailbox once a minute, at most a thousand a minute, and few at a time, because each needs a session with a local server while
 * others are held by messages that wait for the answer. Pure but for its own memory.
 */
const PAUSE_MS = 60_000;
const MOST = 1_000;
const MOST_AT_ONCE = 4;

export class Verifications {
  /** The mailboxes asked about within the last pause, in the order of time. */
  readonly #askedAt = new Map<string, number>();
  readonly #running = new Map<string, Promise<boolean>>();

  /** What `ask` gives, or what the question gives that is running already; false where it may not be asked now. */
  about(key: string, now: number, ask: () => Promise<boolean>): Promise<boolean> {
    const running = this.#running.get(key);
    if (running) return running;
    if (this.#running.size >= MOST_AT_ONCE || !this.#mayBegin(key, now)) return Promise.resolve(false);
    const answer = ask().finally(() => this.#running.delete(key));
    this.#running.set(key, answer);
    return answer;
  }

  #mayBegin(key: string, now: number): boolean {
    for (const [asked, at] of this.#askedAt) {
      if (now >= at && now - at < PAUSE_MS) break;
      this.#askedAt.delete(asked);
    }
    if (this.#askedAt.has(key) || this.#askedAt.size >= MOST) return false;
    this.#askedAt.set(key, now);
    return true;
  }
}
