/** Rounds of measuring. */
export interface Turns {
  readonly rounds: number;
  /** Told what goes on, a line at a time. */
  readonly tell: (line: string) => void;
}

/**
 * Contenders take turns, there and back (A B C, C B A, …), so that none always follows the same one.
 * @param measure one of them; gives what is told of it
 */
export async function inTurns<T>(
  contenders: readonly T[],
  { rounds, tell }: Turns,
  measure: (contender: T) => Promise<string>,
): Promise<void> {
  for (let round = 1; round <= rounds; round += 1)
    for (const contender of round % 2 === 0 ? contenders.toReversed() : contenders)
      tell(`  round ${round} of ${rounds}: ${await measure(contender)}`);
}
