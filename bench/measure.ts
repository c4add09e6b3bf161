/**
 * One round: messages through a candidate into the sink, and the CPU that this took.
 *
 * The CPU counts from the first connection until the sink has every message and the candidate has come to rest, so
 * that what a queue still has to clean up is part of the price. The rate counts until the last message arrived.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningCandidate } from './candidate.ts';
import { generate, type Load } from './load/generator.ts';
import type { Sink } from './load/sink.ts';
import type { Quantiles, Round } from './result.ts';
import { quantileOf } from './statistics.ts';

/** @throws when messages are refused, lost or duplicated, with what the candidate said last */
export async function measureRound(candidate: RunningCandidate, sink: Sink, load: Load): Promise<Round> {
  const wanted = sink.count() + load.messages;
  const octetsBefore = sink.octets();
  const cpuBefore = candidate.cpuMs();
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  try {
    const report = await generate(candidate.port, load);
    const acceptSeconds = report?.seconds ?? elapsed();
    await sink.reaches(wanted);
    const seconds = elapsed();
    const cpuMs = (await cpuAtRest(candidate)) - cpuBefore;
    const surplus = sink.count() - wanted;
    if (surplus > 0) throw new Error(`the sink got ${surplus} messages more than were sent`);
    checkOctets(octetsBefore, sink.octets(), load);
    const accept = report && { accept: quantilesOf(report.acceptMs) };
    return { messages: load.messages, acceptSeconds, seconds, cpuMs, ...accept };
  } catch (error) {
    throw new Error(`${(error as Error).message}. It said:\n${candidate.lastWords()}`, { cause: error });
  }
}

/** That all messages arrived says little when they are large: all of their octets must have. */
function checkOctets(before: number | null, after: number | null, { messages, sizeBytes }: Load): void {
  if (before === null || after === null) return;
  const missing = messages * sizeBytes - (after - before);
  if (missing > 0) throw new Error(`${missing} octets of ${messages} messages did not arrive in the sink`);
}

const quantilesOf = (times: readonly number[]): Quantiles => ({
  p50Ms: quantileOf(times, 0.5),
  p99Ms: quantileOf(times, 0.99),
});

/** Messages of the first round, and what the numbers of the others are multiples of. */
const stepsFor = (sizeBytes: number): { first: number; step: number } =>
  sizeBytes < 2 ** 20 ? { first: 500, step: 100 } : { first: 20, step: 20 };
/** The compiler of Node's V8 needs it, and it does Postfix no harm. */
const WARM_UP_SECONDS = 10;
const WARM_UP_ROUNDS = 5;

export const warmUpSeconds = (secondsPerRound: number): number =>
  Math.min(WARM_UP_SECONDS, WARM_UP_ROUNDS * secondsPerRound);

/** Warms a candidate up. @returns how many messages it takes for a round of about so many seconds */
export async function messagesForRound(
  candidate: RunningCandidate,
  sink: Sink,
  load: Omit<Load, 'messages'>,
  seconds: number,
): Promise<number> {
  const { first, step } = stepsFor(load.sizeBytes);
  const inSeconds = (wanted: number, { messages, seconds: taken }: Round): number =>
    Math.max(first, Math.round((messages * wanted) / taken / step) * step);
  const enough = warmUpSeconds(seconds);
  let last = await measureRound(candidate, sink, { ...load, messages: first });
  for (let spent = last.seconds; spent < enough; spent += last.seconds)
    last = await measureRound(candidate, sink, { ...load, messages: inSeconds(enough - spent, last) });
  return inSeconds(seconds, last);
}

const REST_MS = 250;
const TICK_MS = 10;
const RESTLESS_MS = 5_000;

/** Its CPU time once that hardly grows any more. */
async function cpuAtRest(candidate: RunningCandidate): Promise<number> {
  let before = candidate.cpuMs();
  for (const giveUpAt = Date.now() + RESTLESS_MS; Date.now() < giveUpAt;) {
    await pause(REST_MS);
    const now = candidate.cpuMs();
    if (now - before <= TICK_MS) return now;
    before = now;
  }
  return before;
}
