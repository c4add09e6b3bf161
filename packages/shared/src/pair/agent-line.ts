/**
 * The answer to HAProxy's agent-check: one line of words. What a line leaves out stays as an earlier one set it, and
 * only the agent can take it back, so a gateway that is well says the full triple every time.
 */
import { headroomOf, type Standing } from './headroom.ts';

/** leastconn counts the sessions itself, and better: at this moment, not two seconds ago. */
const COUNTED_BY_HAPROXY = ['sessions'];

/** The least that is no drain. */
const FULL = 1;

export function composeAgentLine({ draining, notReady, load, isFull }: Standing): string {
  if (draining) return 'drain\n';
  if (notReady.length > 0) return `down #${plain(notReady.join(', '))}\n`;
  return `up ready ${isFull ? FULL : headroomOf(load, COUNTED_BY_HAPROXY)}%\n`;
}

/** HAProxy shows it on its status page. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
