/**
 * Plans the messages of a rehearsal over time, with their senders and recipients. Pure; the random generator
 * is an argument.
 *
 * One third of the messages is sent by the local servers. A small part of external mail, and most spam, has
 * unknown recipients.
 */
import { strangerKinds, type SenderKind, type StrangerKind } from '../loopback/behaviour.ts';
import { sizeOf } from '../loopback/message.ts';
import { personOf, type RehearsedPair } from './planned-pair.ts';
import type { Scenario, Shares, Slot } from './scenario.ts';
import type { Assignment } from '../loopback/sender.ts';
import { SUFFIX } from './stand-ins.ts';

export interface Departure {
  /** Real time in ms since the start of the traffic. */
  readonly atMs: number;
  readonly sender: SenderKind;
  readonly message: Assignment;
}

const OUT_EVERY = 3;
const TWO_RECIPIENTS_EVERY = 10;
/** One message in this number has an unknown recipient. */
const UNKNOWN_EVERY: Readonly<Record<SenderKind, number>> = {
  postfix: 40,
  exim: 40,
  qmail: 40,
  spammer: 1.5,
  'local server': 30,
};

export function planTraffic(
  { slots, messages, trafficMs, shares }: Scenario,
  pair: Pick<RehearsedPair, 'domains' | 'correspondents'>,
  chance: () => number,
): Departure[] {
  return Array.from({ length: messages }, (_, number) => {
    const atMs = ((number + chance()) * trafficMs) / messages;
    const slot = slots.findLast(({ fromMs }) => fromMs <= atMs) ?? slots[0]!;
    const isOut = number % OUT_EVERY === OUT_EVERY - 1;
    const sender = isOut ? 'local server' : drawKind(shares, chance());
    return { atMs, sender, message: messageOf(number, slot, sender, pair, chance) };
  });
}

/** @param draw a number in [0, 1) */
export function drawKind(shares: Shares, draw: number): StrangerKind {
  const total = strangerKinds.reduce((sum, kind) => sum + shares[kind], 0);
  let left = draw * total;
  for (const kind of strangerKinds) {
    if (left < shares[kind]) return kind;
    left -= shares[kind];
  }
  return strangerKinds.findLast((kind) => shares[kind] > 0) ?? 'postfix';
}

function messageOf(
  number: number,
  slot: Slot,
  sender: SenderKind,
  { domains, correspondents: { usual, fresh } }: Pick<RehearsedPair, 'domains' | 'correspondents'>,
  chance: () => number,
): Assignment {
  const isOut = sender === 'local server';
  // While the resolver is down, the traffic includes domains that are not in any cache.
  const elsewhere = slot.name === 'resolver' ? [...usual, ...fresh] : usual;
  const [here, there] = [pick(domains, chance()), pick(elsewhere, chance())];
  const [fromDomain, toDomain] = isOut ? [here, there] : [`${sender}.${SUFFIX}`, here];
  const isUnknown = chance() < 1 / UNKNOWN_EVERY[sender];
  const first = isUnknown ? `nobody${number}@${toDomain}` : personOf(number, toDomain);
  const second = number % TWO_RECIPIENTS_EVERY === 0 ? [personOf(number + 1, toDomain)] : [];
  return {
    id: `m${number + 1}`,
    direction: isOut ? 'out' : 'in',
    slot: slot.name,
    from: personOf(number, fromDomain),
    to: [first, ...second],
    unknown: isUnknown ? [first] : [],
    sizeBytes: sizeOf(number),
  };
}

/** Whether a stand-in knows the recipient. */
export const exists = (recipient: string): boolean => !recipient.startsWith('nobody');

const pick = (values: readonly string[], draw: number): string => values[Math.floor(draw * values.length)]!;
