/** Whether a sender has been heard of before, as greylisting knows it (RFC 6647). */

export interface GreylistFacts {
  /** What the sender is known again by: the domain that SPF proves, or its network with the domain of the reverse-path. */
  readonly by: 'spf' | 'network';
  readonly origin: string;
  /**
   * - `learnt`: mail from there came back once it was asked to
   * - `ripe`: this mail was here before, long enough ago
   * - `early`: it was here before, and is back too soon
   * - `new`
   */
  readonly standing: 'learnt' | 'ripe' | 'early' | 'new';
  /** From when on it is taken. */
  readonly ripeAt: number;
}

export interface GreylistLearnable {
  /** Whether the sender was heard of before; absent where nobody is asked to come back. */
  readonly greylist: GreylistFacts;
}
