/** How well scores tell spam from ham. Pure. */
export interface Scored {
  readonly spam: boolean;
  readonly score: number;
}

export interface Quality {
  readonly spam: number;
  readonly ham: number;
  /** Share of spam above the score that no more than this share of ham reaches. */
  recallAt(falsePositives: number): number;
  /** Probability that spam scores higher than ham; ties count half. */
  readonly auc: number;
}

export function qualityOf(scored: readonly Scored[]): Quality {
  const hamScores = scored.filter(({ spam }) => !spam).map(({ score }) => score);
  const spamScores = scored.filter(({ spam }) => spam).map(({ score }) => score);
  hamScores.sort((a, b) => b - a);
  return {
    spam: spamScores.length,
    ham: hamScores.length,
    recallAt(falsePositives) {
      const allowed = Math.floor(falsePositives * hamScores.length);
      const threshold = hamScores[allowed] ?? -Infinity;
      return spamScores.filter((score) => score > threshold).length / spamScores.length;
    },
    auc: aucOf(spamScores, hamScores),
  };
}

function aucOf(spam: readonly number[], hamDescending: readonly number[]): number {
  /** How many of ham, from the top, are so. */
  const first = (isSo: (ham: number) => boolean): number => {
    let [low, high] = [0, hamDescending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(hamDescending[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let wins = 0;
  for (const score of spam) {
    const above = first((ham) => ham > score);
    const notBelow = first((ham) => ham >= score);
    wins += hamDescending.length - notBelow + (notBelow - above) / 2;
  }
  return wins / (spam.length * hamDescending.length);
}
