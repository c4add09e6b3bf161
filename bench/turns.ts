/** The contenders of a round, counted from 1: there and back, so that none always follows the same one. */
export const turnsOf = <T>(contenders: readonly T[], round: number): readonly T[] =>
  round % 2 === 0 ? contenders.toReversed() : contenders;
