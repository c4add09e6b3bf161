/**
 * What senders were told, held against what arrived, recipient by recipient and octet by octet. Pure.
 *
 * Lost: accepted with 250, but it did not arrive and no notice of failure did. Duplicated: arrived more than once.
 * A second copy is counted apart, as `cutOff`, when a kill explains it and no mail server could have avoided it:
 * the sender's session broke after the final dot, so it had to send again (RFC 5321 §4.5.4.1), which excuses one
 * copy for each time; or the gateway was killed within `IN_FLIGHT_MS` of the receiver's 250, before it had that on
 * disk.
 */
import type { Delivery } from './local-server-session.ts';
import type { Sent } from './senders.ts';

/** A kill of a gateway, by the name that it writes into Received. */
export interface Kill {
  readonly host: string;
  /** Date.now(). */
  readonly at: number;
}

export interface Count {
  /** Messages. */
  readonly messages: number;
  /** Recipients of those messages; everything below counts recipients. */
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly arrived: number;
  /** Arrived, but not with the octets that were sent. */
  readonly altered: number;
  readonly duplicated: number;
  readonly cutOff: number;
  readonly lost: number;
  /** Did not arrive, and the sender was told so. */
  readonly bounced: number;
  /** What is wrong, in words; the first few. */
  readonly faults: readonly string[];
}

const IN_FLIGHT_MS = 250;
const MAX_FAULTS = 20;

export function countMail(
  sent: readonly Sent[],
  deliveries: readonly Delivery[],
  kills: readonly Kill[] = [],
): Count {
  const copies = Map.groupBy(deliveries, ({ id }) => id);
  const faults: string[] = [];
  const count = {
    messages: sent.length,
    sent: 0,
    accepted: 0,
    refused: 0,
    arrived: 0,
    altered: 0,
    duplicated: 0,
    cutOff: 0,
    lost: 0,
    bounced: 0,
  };
  const wrong = (kind: 'altered' | 'duplicated' | 'lost', { message }: Sent, to: string): void => {
    count[kind] += 1;
    faults.push(`${kind}: ${message.id} (${message.shape}) for ${to}`);
  };

  for (const record of sent) {
    const { message, accepted, refused } = record;
    const mine = copies.get(message.id) ?? [];
    count.sent += message.to.length;
    count.accepted += accepted.size;
    count.refused += refused.size;
    for (const to of message.to) {
      const arrivals = mine.filter((copy) => !copy.isNotice && copy.to.includes(to));
      const [first] = arrivals;
      if (first) {
        count.arrived += 1;
        if (arrivals.some(({ digest }) => digest !== message.digest)) wrong('altered', record, to);
        let excuses = record.unanswered;
        for (const previous of arrivals.slice(0, -1))
          if (wasInFlight(previous, kills) || excuses-- > 0) count.cutOff += 1;
          else wrong('duplicated', record, to);
      } else if (accepted.has(to)) {
        if (mine.some((copy) => isFailureNotice(copy, to))) count.bounced += 1;
        else wrong('lost', record, to);
      }
    }
  }
  return { ...count, faults: faults.slice(0, MAX_FAULTS) };
}

function isFailureNotice({ isNotice, head }: Delivery, to: string): boolean {
  return isNotice && /^Action: failed/im.test(head) && head.includes(to);
}

function wasInFlight({ head, at }: Delivery, kills: readonly Kill[]): boolean {
  return kills.some((kill) => head.includes(`by ${kill.host} `) && Math.abs(kill.at - at) <= IN_FLIGHT_MS);
}
