/**
 * Who sends mail to the simulated pair, and how each behaves when it is refused. What Postfix, Exim and qmail do is in
 * proving/src/loopback/behaviour.ts. Of the large providers nothing is published; they are taken to wait and to come back to the same host.
 * Pure.
 */
import { behaviours, type Behaviour } from '../loopback/behaviour.ts';
import type { Chance } from './chance.ts';

export const kinds = ['postfix', 'exim', 'exchange', 'provider', 'qmail', 'one-mx', 'spammer'] as const;
export type Kind = (typeof kinds)[number];
/** Weights of the messages that come from each kind. */
export type Shares = Readonly<Record<Kind, number>>;

export const usualShares: Shares = {
  postfix: 30,
  exim: 12,
  exchange: 10,
  provider: 30,
  qmail: 4,
  'one-mx': 4,
  spammer: 10,
};

const MINUTE_MS = 60_000;

/** It tries four times a minute apart before it retries every 10 minutes. */
const exchange: Behaviour = {
  ...behaviours.postfix,
  retryAfterMs: (ageMs) => (ageMs < 4 * MINUTE_MS ? MINUTE_MS : 10 * MINUTE_MS),
};
const provider: Behaviour = {
  ...behaviours.qmail,
  retryAfterMs: (ageMs) => Math.min(Math.max(ageMs, 5 * MINUTE_MS), 60 * MINUTE_MS),
};
/** It looked up the MX records once and keeps the first host. */
const oneMx: Behaviour = { ...behaviours.postfix, after: () => 'later' };

const behaviourOf: Readonly<Record<Kind, Behaviour>> = {
  ...{ postfix: behaviours.postfix, exim: behaviours.exim, qmail: behaviours.qmail },
  ...{ exchange, provider, 'one-mx': oneMx, spammer: behaviours.spammer },
};

export interface Sender {
  readonly kind: Kind;
  readonly behaviour: Behaviour;
  /** It goes on to the second host when the first refuses it. */
  readonly moves: boolean;
  /** One of its addresses; a large provider has many. */
  address(chance: Chance): string;
  /** Until when it brings nothing to a host, by name of the host. */
  readonly rests: Map<string, number>;
}

const ADDRESSES = { provider: 50, spammer: 200 } as const;

function createSender(kind: Kind, number: number): Sender {
  const count = kind === 'provider' || kind === 'spammer' ? ADDRESSES[kind] : 1;
  const behaviour = behaviourOf[kind];
  const network = `10.${(number >> 8) & 0xff}.${number & 0xff}`;
  return {
    kind,
    behaviour,
    moves: behaviour.after('greeting 4xx') === 'next host',
    address: (chance) => `${network}.${1 + Math.floor(chance.next() * count)}`,
    rests: new Map(),
  };
}

/** Some senders send much and most send little (Zipf): the n-th of a kind sends 1/n of what the first sends. */
export function createPopulation(shares: Shares, perKind: number, chance: Chance): () => Sender {
  const weights = Array.from({ length: perKind }, (_, i) => [i, 1 / (i + 1)] as const);
  const senders = new Map(
    kinds.map((kind, k) => [
      kind,
      weights.map(([i, weight]) => [createSender(kind, k * perKind + i), weight] as const),
    ]),
  );
  const byShare = kinds.map((kind) => [senders.get(kind)!, shares[kind]] as const);
  return () => chance.pick(chance.pick(byShare));
}
