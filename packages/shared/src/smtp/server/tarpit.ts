/** Sessions that are kept waiting for an answer, at most so many at a time. A session that is gone waits no more. */

export class Tarpit {
  readonly #held = new Map<object, () => void>();

  mayHold(session: object, most: number): boolean {
    return this.#held.size < most || this.#held.has(session);
  }

  /** Resolves after that time, or when the session is released. One command of a session at a time. */
  hold(session: object, ms: number): Promise<void> {
    this.release(session);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#held.delete(session);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#held.set(session, end);
    });
  }

  release(session: object): void {
    this.#held.get(session)?.();
  }

  close(): void {
    for (const end of [...this.#held.values()]) end();
  }
}
