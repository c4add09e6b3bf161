/** Who has how many attempts under way, so that neither one submitter nor one next hop takes all the room. */
export class FairShares {
  readonly #active = new Map<string, number>();

  begin(name: string): void {
    this.#active.set(name, this.activeOf(name) + 1);
  }

  end(name: string): void {
    const left = this.activeOf(name) - 1;
    if (left > 0) this.#active.set(name, left);
    else this.#active.delete(name);
  }

  activeOf = (name: string): number => this.#active.get(name) ?? 0;
}
