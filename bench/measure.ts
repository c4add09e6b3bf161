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
import type { Round } from './result.ts';

/** @throws when messages are refused, lost or duplicated, with what the candidate said last */
export async function measureRound(candidate: RunningCandidate, sink: Sink, load: Load): Promise<Round> {
  const wanted = sink.count() + load.messages;
  const cpuBefore = candidate.cpuMs();
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  try {
    await generate(candidate.port, load);
    const acceptSeconds = elapsed();
    await sink.reaches(wanted);
    const seconds = elapsed();
    const cpuMs = (await cpuAtRest(candidate)) - cpuBefore;
    const surplus = sink.count() - wanted;
    if (surplus > 0) throw new Error(`the sink got ${surplus} messages more than were sent`);
    return { messages: load.messages, acceptSeconds, seconds, cpuMs };
  } catch (error) {
    throw new Error(`${(error as Error).message}. It said:\n${candidate.lastWords()}`, { cause: error });
  }
}

const FIRST_ROUND = 500;
/** The compiler of Node's V8 needs it, and it does Postfix no harm. */
const WARM_UP_SECONDS = 10;

/** Warms a candidate up. @returns how many messages it takes for a round of about so many seconds */
export async function messagesForRound(
  candidate: RunningCandidate,
  sink: Sink,
  load: Omit<Load, 'messages'>,
  seconds: number,
): Promise<number> {
  const inSeconds = (wanted: number, { messages, seconds: taken }: Round): number =>
    Math.max(FIRST_ROUND, Math.round((messages * wanted) / taken / 100) * 100);
  const enough = Math.min(WARM_UP_SECONDS, 2 * seconds);
  let last = await measureRound(candidate, sink, { ...load, messages: FIRST_ROUND });
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
