/**
 * What the senders were told, held against what arrived, recipient by recipient and octet by octet. Pure.
 *
 * Lost: accepted with 250, but it did not arrive and the sender was not told. Duplicated: arrived more than once,
 * and nothing explains it. A copy is explained, as `in flight`, when no mail server could have avoided it: the
 * sender's session broke after the final dot, so it had to send again (RFC 5321 §4.5.4.1), which excuses one copy for
 * each recipient each time; or a gateway or the receiving server was stopped within `IN_FLIGHT_MS` of that copy, before the word
 * about it had come through.
 */
import type { SenderKind } from './behaviour.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type Direction = 'in' | 'out';

/** One message as its sender knows it. */
export interface Sent {
  readonly id: string;
  readonly direction: Direction;
  /** The part of the traffic in which it was sent first. */
  readonly slot: string;
  readonly sender: SenderKind;
  readonly recipients: readonly string[];
  /** Those that exist nowhere: a refusal or a bounce is right. */
  readonly unknown: readonly string[];
  readonly digest: string;
  /** Real times, by one clock. */
  readonly bornAt: number;
  readonly accepted: ReadonlyMap<string, RoleName>;
  /** Recipient → the reply that refused it. */
  readonly refused: ReadonlyMap<string, string>;
  /** The last 250 to the message. */
  readonly reply?: string;
  /** How often a session broke after the final dot. */
  readonly unanswered: number;
  /** The sender does not try again. */
  readonly givenUp: boolean;
}

/** One message as a server took it. */
export interface Taken {
  /** The mark of the message, or of the one that a notice is about. */
  readonly id: string;
  readonly to: readonly string[];
  readonly digest: string;
  readonly at: number;
  /** The name of the gateway, from its EHLO. */
  readonly gateway: string;
  readonly server: string;
  /** Of a notice, the recipients that it says failed; otherwise absent. */
  readonly failed?: readonly string[];
}

/** A gateway (by its EHLO name) or a server was ended. */
export interface Stop {
  readonly name: string;
  readonly at: number;
}

/**
 * - `refused`: in the session
 * - `bounced`: by a notice to its sender
 * - `given up`: by a sender that does not try again
 * - `waiting`: with its sender, at the end
 */
export type Fate = 'arrived' | 'refused' | 'bounced' | 'lost' | 'given up' | 'waiting';

export interface Verdict {
  readonly sent: Sent;
  readonly recipient: string;
  readonly fate: Fate;
  /** Who took it from the sender. */
  readonly by?: RoleName;
  /** From the sender's first attempt to the first copy, real. */
  readonly delayMs?: number;
  readonly altered: boolean;
  readonly duplicates: number;
  readonly inFlight: number;
  /** What is wrong with it, in words. */
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
