/** The queue of a gateway as its API shows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pair } from './pair.ts';

const LOOK_MS = 50;
const WITHIN_MS = 40_000;

export async function queueLength(pair: Pair, role: 'inbound' | 'outbound'): Promise<number> {
  const status = (await pair.get(role, '/api/status')) as { queue: { entries: number } };
  return status.queue.entries;
}

/** Resolves when the queue has that many entries; rejects when it does not come to that. */
export async function queueOf(pair: Pair, role: 'inbound' | 'outbound', length: number): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  for (let is = -1; is !== length; await sleep(LOOK_MS)) {
    is = await queueLength(pair, role);
    if (is !== length && performance.now() > until)
      throw new Error(`the queue of ${role} has ${is} entries, not ${length}`);
    if (is === length) return;
  }
}
