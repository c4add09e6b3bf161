/** So many in such a time: as a burst, and evenly from then on. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}
