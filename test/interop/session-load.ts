/**
 * Clients that come at a steady rate, one message each, with the pauses of a sender some way off. They do not wait for
 * each other, as strangers do not: a slow host gets no fewer of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestMessage } from '../support/messages.ts';
import { SmtpClient, type Target } from '../support/smtp-client.ts';

export interface SessionLoadOptions {
  readonly target: Target;
  readonly message: (count: number) => TestMessage;
  readonly perSecond: number;
  readonly seconds: number;
  /** Between a reply and the next command. */
  readonly pauseMs: number;
  /** Called about twice a second. */
  readonly watch?: (second: number) => Promise<void>;
}

export interface SessionLoadResult {
  readonly sent: number;
  readonly accepted: number;
  /** From connecting to the last reply, without the client's own pauses; sorted. */
  readonly latenciesMs: readonly number[];
  /** What went wrong, how often. */
  readonly faults: ReadonlyMap<string, number>;
}

export async function loadWithSessions(options: SessionLoadOptions): Promise<SessionLoadResult> {
  const { perSecond, seconds, watch } = options;
  const latenciesMs: number[] = [];
  const faults = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const from = performance.now();
  let sent = 0;
  let watched = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - from) / 1_000) {
    for (; sent < elapsed * perSecond; sent += 1) {
      const session = deliver(options, sent).then(
        (latency) => void latenciesMs.push(latency),
        (error: unknown) => {
          const reason = (error as Error).message;
          faults.set(reason, (faults.get(reason) ?? 0) + 1);
        },
      );
      open.add(session);
      void session.finally(() => open.delete(session));
    }
    if (elapsed >= watched) {
      await watch?.(elapsed);
      watched += 0.5;
    }
    await sleep(5);
  }
  await Promise.all(open);
  return { sent, accepted: latenciesMs.length, latenciesMs: latenciesMs.sort((a, b) => a - b), faults };
}

async function deliver({ target, message, pauseMs }: SessionLoadOptions, count: number): Promise<number> {
  const { from, to, octets } = message(count);
  const began = performance.now();
  let paused = 0;
  const pause = async (): Promise<void> => {
    const start = performance.now();
    await sleep(pauseMs);
    paused += performance.now() - start;
  };
  const localAddress = `127.1.${1 + (count % 50)}.${1 + (Math.floor(count / 50) % 200)}`;
  const client = await SmtpClient.connect({ ...target, localAddress });
  try {
    expectCode(220, await client.greeting);
    for (const line of [
      'EHLO client.test',
      `MAIL FROM:<${from}>`,
      ...to.map((address) => `RCPT TO:<${address}>`),
    ]) {
      await pause();
      expectCode(250, await client.say(line));
    }
    await pause();
    expectCode(250, await client.data(octets));
    return performance.now() - began - paused;
  } finally {
    await client.quit();
  }
}

function expectCode(code: number, reply: { code: number; text: string }): void {
  if (reply.code !== code) throw new Error(`${reply.code} ${reply.text}`);
}

/** The value that the given share of a sorted list does not exceed. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
