/**
 * How long clients wait for the 250 of a message: one alone, some, many. Our own generator takes the times, in runs of
 * their own, so that no CPU figure depends on it. Each session sends its next message after the 250 of the last: with
 * many of them the wait is mostly that for one another.
 *
 * Syncs are counted as in compare.ts.
 */
import type { Candidate, Kind } from './candidate.ts';
import { countSyncsOf, type Effort } from './compare.ts';
import { warmUpSeconds } from './measure.ts';
import type { AcceptResult, Round } from './result.ts';
import { scenario } from './scenarios.ts';
import { openStand, type Stand } from './stand.ts';
import { medianOf } from './statistics.ts';
import { inTurns } from './turns.ts';

const SESSIONS = [1, 20, 100] as const;
const MOST = Math.max(...SESSIONS);
export const ACCEPT_KINDS = ['relay', 'queue'] as const;
/** Few enough for those who take 40 ms for a message of a lone client. */
const LEAST_MESSAGES = 200;

const ROUNDS = 3;
const SECONDS_PER_ROUND = 1.5;

/** About what `measureAccept` takes. */
export function estimateAcceptSeconds(kind: Kind, candidates: number): number {
  const counting = kind === 'queue' ? 15 : 0;
  const timing = SESSIONS.length * (ROUNDS * (SECONDS_PER_ROUND + 1) + 2);
  return candidates * (4 + warmUpSeconds(SECONDS_PER_ROUND) + counting + timing);
}

interface Series {
  readonly candidate: Candidate;
  readonly stand: Stand;
  readonly sessions: number;
  readonly messages: number;
  readonly syncsPerMessage: number | null;
  readonly rounds: Round[];
}

/** Of the candidates of one kind. */
export async function measureAccept(
  kind: (typeof ACCEPT_KINDS)[number],
  candidates: readonly Candidate[],
  effort: Effort,
): Promise<AcceptResult[]> {
  const stands: Stand[] = [];
  const series: Series[] = [];
  for (const candidate of candidates) {
    const syncs = kind === 'queue' ? await countSyncsOf(candidate, scenario(kind), SESSIONS) : [];
    const stand = await openStand({ candidate, scenario: scenario(kind), connections: MOST });
    stands.push(stand);
    await stand.warmUp(SECONDS_PER_ROUND, { sessions: MOST });
    for (const [index, sessions] of SESSIONS.entries()) {
      const messages = await messagesFor(stand, sessions);
      const syncsPerMessage = syncs[index] ?? null;
      series.push({ candidate, stand, sessions, messages, syncsPerMessage, rounds: [] });
    }
    effort.tell(`  ${candidate.name} is warm`);
  }
  await inTurns(
    series,
    { ...effort, rounds: ROUNDS },
    async ({ candidate, stand, sessions, messages, rounds }) => {
      const measured = await stand.measure(messages, { sessions, isTimed: true });
      rounds.push(measured);
      return `${candidate.name}, ${describe(sessions, measured)}`;
    },
  );
  for (const stand of stands) await stand.close();
  return series.map(summarise);
}

async function messagesFor(stand: Stand, sessions: number): Promise<number> {
  const rate = rateOf(await stand.measure(LEAST_MESSAGES, { sessions, isTimed: true }));
  return Math.max(LEAST_MESSAGES, Math.round((rate * SECONDS_PER_ROUND) / 100) * 100);
}

const rateOf = ({ messages, acceptSeconds }: Round): number => messages / acceptSeconds;

function summarise({ candidate, sessions, syncsPerMessage, rounds }: Series): AcceptResult {
  const { sizeBytes } = scenario('relay');
  return {
    kind: candidate.kind,
    name: candidate.name,
    isReference: candidate.isReference,
    sizeBytes,
    sessions,
    p50Ms: medianOf(rounds.map(({ accept }) => accept!.p50Ms)),
    p99Ms: medianOf(rounds.map(({ accept }) => accept!.p99Ms)),
    messagesPerSecond: medianOf(rounds.map(rateOf)),
    syncsPerMessage,
  };
}

const describe = (sessions: number, { accept }: Round): string =>
  `${sessions} sessions: p50 ${accept!.p50Ms.toFixed(2)} ms, p99 ${accept!.p99Ms.toFixed(2)} ms`;
