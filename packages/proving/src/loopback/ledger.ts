/**
 * Compares the replies to the senders with the messages that arrived, by recipient and octet. Pure.
 *
 * Lost: the message was accepted with 250, but it did not arrive and the sender got no notice. Duplicated: it
 * arrived more than once without an explanation. A copy is explained, as `in flight`, if no mail server could
 * have avoided it. There are two such cases. First, the session of the sender broke after the final dot, so
 * the sender had to send the message again (RFC 5321 §4.5.4.1); this explains one copy for each recipient and
 * each broken session. Second, a gateway or the receiving server was stopped within `IN_FLIGHT_MS` of the
 * copy, before its reply was received.
 */
import type { SenderKind } from './behaviour.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type Direction = 'in' | 'out';

/** One message from the point of view of its sender. */
export interface Sent {
  readonly id: string;
  readonly direction: Direction;
  /** The slot of the traffic in which it was first sent. */
  readonly slot: string;
  readonly sender: SenderKind;
  readonly recipients: readonly string[];
  /** Recipients that do not exist, for which a rejection or a bounce is correct. */
  readonly unknown: readonly string[];
  readonly digest: string;
  /** Real times in ms since the epoch, from one clock. */
  readonly bornAt: number;
  readonly accepted: ReadonlyMap<string, RoleName>;
  /** From recipient to the reply that refused it. */
  readonly refused: ReadonlyMap<string, string>;
  /** The last 250 reply to the message. */
  readonly reply?: string;
  /** The number of sessions that broke after the final dot. */
  readonly unanswered: number;
  /** Whether the sender has stopped trying. */
  readonly givenUp: boolean;
}

/** One message as a server received it. */
export interface Taken {
  /** The mark of the message, or that of the original message in a notice. */
  readonly id: string;
  readonly to: readonly string[];
  readonly digest: string;
  readonly at: number;
  /** The EHLO name of the gateway. */
  readonly gateway: string;
  readonly server: string;
  /** The failed recipients in a notice; absent for other messages. */
  readonly failed?: readonly string[];
}

/** A gateway (by its EHLO name) or a server was stopped. */
export interface Stop {
  readonly name: string;
  readonly at: number;
}

/**
 * - `refused`: rejected in the session
 * - `bounced`: reported to the sender by a notice
 * - `given up`: abandoned by the sender
 * - `waiting`: still with its sender at the end
 */
export type Fate = 'arrived' | 'refused' | 'bounced' | 'lost' | 'given up' | 'waiting';

export interface Verdict {
  readonly sent: Sent;
  readonly recipient: string;
  readonly fate: Fate;
  /** The role that accepted it from the sender. */
  readonly by?: RoleName;
  /** The real time in ms from the first attempt of the sender to the first copy. */
  readonly delayMs?: number;
  readonly altered: boolean;
  readonly duplicates: number;
  readonly inFlight: number;
  /** A description of the fault. */
  readonly fault?: string;
}

export const IN_FLIGHT_MS = 500;

export function judgeMail(
  sent: readonly Sent[],
  taken: readonly Taken[],
  stops: readonly Stop[],
): readonly Verdict[] {
  const copies = Map.groupBy(taken, ({ id }) => id);
  return sent.flatMap((message) => judgeMessage(message, copies.get(message.id) ?? [], stops));
}

function judgeMessage(sent: Sent, copies: readonly Taken[], stops: readonly Stop[]): Verdict[] {
  return sent.recipients.map((recipient) => {
    let excuses = sent.unanswered;
    const arrivals = copies
      .filter(({ failed, to }) => failed === undefined && to.includes(recipient))
      .sort((a, b) => a.at - b.at);
    const [first] = arrivals;
    const by = sent.accepted.get(recipient);
    let [duplicates, inFlight] = [0, 0];
    for (const copy of arrivals.slice(0, -1))
      if (wasInFlight(copy, stops) || excuses-- > 0) inFlight += 1;
      else duplicates += 1;
    const verdict: Verdict = {
      sent,
      recipient,
      fate: first ? 'arrived' : fateWithout(sent, recipient, copies),
      ...(by && { by }),
      ...(first && { delayMs: Math.max(0, first.at - sent.bornAt) }),
      altered: arrivals.some(({ digest }) => digest !== sent.digest),
      duplicates,
      inFlight,
    };
    const fault = faultOf(verdict);
    return fault === undefined ? verdict : { ...verdict, fault };
  });
}

function fateWithout(
  { accepted, refused, givenUp }: Sent,
  recipient: string,
  copies: readonly Taken[],
): Fate {
  if (accepted.has(recipient))
    return copies.some(({ failed }) => failed?.includes(recipient)) ? 'bounced' : 'lost';
  if (refused.has(recipient)) return 'refused';
  return givenUp ? 'given up' : 'waiting';
}

const wasInFlight = ({ gateway, server, at }: Taken, stops: readonly Stop[]): boolean =>
  stops.some((stop) => [gateway, server].includes(stop.name) && Math.abs(stop.at - at) <= IN_FLIGHT_MS);

function faultOf({ sent, recipient, fate, by, altered, duplicates }: Verdict): string | undefined {
  const what = `message ${sent.id} of ${sent.sender} for ${recipient}, sent in "${sent.slot}"`;
  const isKnown = !sent.unknown.includes(recipient);
  if (fate === 'lost') return `lost: ${what}, accepted by ${by}`;
  if (duplicates > 0) return `duplicated: ${what}`;
  if (altered) return `altered: ${what} did not arrive octet for octet`;
  if (fate === 'refused' && isKnown) return `refused: ${what}: ${sent.refused.get(recipient)}`;
  if (fate === 'bounced' && isKnown) return `bounced: ${what}, though the recipient exists`;
  if (fate === 'waiting') return `waiting: ${what}: nobody has taken it`;
  return undefined;
}
