/**
 * One scenario: its candidates side by side, warmed up, then in turns, so that what disturbs the machine hits all.
 * Syncs are counted before, each candidate on its own under strace, and that run is not timed.
 */
import type { Candidate } from './candidate.ts';
import { temporaryDirectory } from './endings.ts';
import type { ProcessMemory } from './process-tree.ts';
import type { CandidateResult, MemoryOfProcesses, Round, Scenario, ScenarioResult } from './result.ts';
import { warmUpSeconds } from './measure.ts';
import { openStand, type Stand } from './stand.ts';
import { medianOf, spreadOf } from './statistics.ts';
import { openTracer, totalOf } from './syncs.ts';
import { inTurns, type Turns } from './turns.ts';

export interface Effort extends Turns {
  readonly secondsPerRound: number;
}

/** About what `compare` takes. */
export function estimateSeconds(
  scenario: Scenario,
  candidates: number,
  { rounds, secondsPerRound }: Omit<Effort, 'tell'>,
): number {
  const extra = { relay: 0, queue: 8, judged: 15 }[scenario.kind];
  return (
    candidates * (START_SECONDS + extra + warmUpSeconds(secondsPerRound) + rounds * (secondsPerRound + 1))
  );
}

const START_SECONDS = 3;

interface Contender {
  readonly candidate: Candidate;
  readonly stand: Stand;
  readonly syncsPerMessage: number | null;
  readonly messages: number;
  readonly rounds: Round[];
}

export async function compare(
  scenario: Scenario,
  candidates: readonly Candidate[],
  effort: Effort,
): Promise<ScenarioResult> {
  const contenders: Contender[] = [];
  for (const candidate of candidates) contenders.push(await enter(candidate, scenario, effort));
  await inTurns(contenders, effort, async ({ candidate, stand, messages, rounds }) => {
    const measured = await stand.measure(messages);
    rounds.push(measured);
    return `${candidate.name} ${describe(measured)}`;
  });
  const results = contenders.map(summarise);
  for (const { stand } of contenders) await stand.close();
  return { ...scenario, candidates: results };
}

async function enter(candidate: Candidate, scenario: Scenario, effort: Effort): Promise<Contender> {
  const [syncsPerMessage = null] =
    candidate.kind === 'queue' ? await countSyncsOf(candidate, scenario, [scenario.sessions]) : [];
  if (syncsPerMessage !== null)
    effort.tell(`  ${candidate.name}: ${syncsPerMessage.toFixed(3)} syncs per message`);
  const stand = await openStand({ candidate, scenario });
  const messages = await stand.warmUp(effort.secondsPerRound);
  effort.tell(`  ${candidate.name} is warm: rounds of ${messages} messages`);
  return { candidate, stand, syncsPerMessage, messages, rounds: [] };
}

const tracedMessages = (sizeBytes: number): number => (sizeBytes < 2 ** 20 ? 2_000 : 100);

/** Syncs per message for each number of sessions. Empty where there is no strace. */
export async function countSyncsOf(
  candidate: Candidate,
  scenario: Scenario,
  sessionCounts: readonly number[],
): Promise<number[]> {
  const directory = await temporaryDirectory();
  const tracer = openTracer(directory.path);
  if (!tracer) return [];
  const connections = Math.max(...sessionCounts);
  const stand = await openStand({ candidate, scenario, under: tracer.words, connections });
  const messages = tracedMessages(scenario.sizeBytes);
  const spans: (readonly [since: number, until: number])[] = [];
  for (const sessions of sessionCounts) {
    const since = Date.now();
    await stand.measure(messages, { sessions });
    spans.push([since, Date.now()]);
  }
  await stand.close();
  const counts = spans.map(([since, until]) => totalOf(tracer.count(since, until)) / messages);
  await directory.remove();
  return counts;
}

function summarise({ candidate, stand, syncsPerMessage, rounds }: Contender): CandidateResult {
  return {
    name: candidate.name,
    isReference: candidate.isReference,
    rounds: rounds.length,
    cpuMsPerMessage: spreadOf(rounds.map(({ cpuMs, messages }) => cpuMs / messages)),
    messagesPerSecond: medianOf(rounds.map(({ seconds, messages }) => messages / seconds)),
    syncsPerMessage,
    memory: addUp(stand.running.memory()),
  };
}

const addUp = (all: readonly ProcessMemory[]): MemoryOfProcesses => ({
  processes: all.length,
  largestBytes: Math.max(...all.map(({ peakBytes }) => peakBytes)),
  totalBytes: all.reduce((sum, { shareBytes }) => sum + shareBytes, 0),
});

const describe = ({ cpuMs, messages, seconds }: Round): string =>
  `${(cpuMs / messages).toFixed(3)} ms a message, ${Math.round(messages / seconds)} messages/s`;
