/**
 * The answer to HAProxy's agent-check: one line of words. What a line leaves out stays as an earlier one set it, and
 * only the agent can take it back, so a gateway that is well says the full triple every time.
 */
import { headroomOf, type Standing } from './headroom.ts';

/** leastconn counts the sessions itself, and better: at this moment, not two seconds ago. */
const COUNTED_BY_HAPROXY = ['sessions'];

/** That of a server line that says nothing of it to the agent. */
const USUAL_WEIGHT = 100;

/** @param asked what HAProxy sent (agent-send): the weight of this node in its configuration */
export function composeAgentLine({ draining, notReady, load, isFull }: Standing, asked = ''): string {
  if (draining) return 'drain\n';
  if (notReady.length > 0) return `down #${plain(notReady.join(', '))}\n`;
  const least = leastOf(weightIn(asked));
  return `up ready ${isFull ? least : Math.max(least, headroomOf(load, COUNTED_BY_HAPROXY))}%\n`;
}

/** HAProxy multiplies and rounds down, and a weight of 0 is a drain: so much of a weight is still 1. */
const leastOf = (weight: number): number => Math.ceil(100 / weight);

/** `weight=64` */
export const askWithWeight = (weight: number): string => `weight=${weight}`;

function weightIn(asked: string): number {
  const weight = Number(/^weight=(\d{1,3})\s*$/.exec(asked)?.[1] ?? USUAL_WEIGHT);
  return Math.min(Math.max(weight, 1), 256);
}

/** HAProxy shows it on its status page. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
