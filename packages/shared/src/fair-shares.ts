/**
 * Who has how many attempts under way, so that one submitter with a long backlog leaves room for the others. What is due
 * of one that has its share is set aside by id, in bounded memory, and taken up in turn as its attempts end.
 */
export class FairShares {
  readonly #share: number;
  readonly #mostAside: number;
  readonly #active = new Map<string, number>();
  /** Ids by submitter, the earliest due first; the submitter whose turn it is comes first. */
  readonly #aside = new Map<string, string[]>();
  readonly #ids = new Set<string>();

  /** @param share attempts of one submitter @param mostAside ids of all of them together */
  constructor(share: number, mostAside: number) {
    this.#share = share;
    this.#mostAside = mostAside;
  }

  begin(submitter: string): void {
    this.#active.set(submitter, this.activeOf(submitter) + 1);
  }

  end(submitter: string): void {
    const left = this.activeOf(submitter) - 1;
    if (left > 0) this.#active.set(submitter, left);
    else this.#active.delete(submitter);
  }

  activeOf = (submitter: string): number => this.#active.get(submitter) ?? 0;

  hasShare = (submitter: string): boolean => this.activeOf(submitter) >= this.#share;

  /** Whether an id was set aside. */
  has = (id: string): boolean => this.#ids.has(id);

  get size(): number {
    return this.#ids.size;
  }

  /** @returns false when there is no room for more */
  setAside(submitter: string, id: string): boolean {
    if (this.#ids.size >= this.#mostAside) return false;
    this.#ids.add(id);
    const queue = this.#aside.get(submitter);
    if (queue) queue.push(id);
    else this.#aside.set(submitter, [id]);
    return true;
  }

  /** The next of a submitter that has less than its share, each in turn; it is set aside no longer. */
  takeUp(): string | undefined {
    for (const [submitter, queue] of this.#aside) {
      if (this.hasShare(submitter)) continue;
      const id = queue.shift()!;
      this.#ids.delete(id);
      this.#aside.delete(submitter);
      if (queue.length > 0) this.#aside.set(submitter, queue);
      return id;
    }
    return undefined;
  }
}
