/**
 * The senders of the simulated internet and their behaviour when they are refused.
 * proving/src/loopback/behaviour.ts describes Postfix, Exim and qmail. The behaviour of large providers is
 * not published; the simulation assumes that they wait and return to the same host. Pure.
 */
import { behaviours, type Behaviour } from '../loopback/behaviour.ts';
import type { Chance } from './chance.ts';

export const kinds = ['postfix', 'exim', 'exchange', 'provider', 'qmail', 'one-mx', 'spammer'] as const;
export type Kind = (typeof kinds)[number];
/** The weight of each kind in the number of messages. */
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

/** Makes four attempts one minute apart, then one every 10 minutes. */
const exchange: Behaviour = {
  ...behaviours.postfix,
  retryAfterMs: (ageMs) => (ageMs < 4 * MINUTE_MS ? MINUTE_MS : 10 * MINUTE_MS),
};
const provider: Behaviour = {
  ...behaviours.qmail,
  retryAfterMs: (ageMs) => Math.min(Math.max(ageMs, 5 * MINUTE_MS), 60 * MINUTE_MS),
};
/** Looks the MX records up once and keeps the first host. */
const oneMx: Behaviour = { ...behaviours.postfix, after: () => 'later' };

const behaviourOf: Readonly<Record<Kind, Behaviour>> = {
  ...{ postfix: behaviours.postfix, exim: behaviours.exim, qmail: behaviours.qmail },
  ...{ exchange, provider, 'one-mx': oneMx, spammer: behaviours.spammer },
};

export interface Sender {
  readonly kind: Kind;
  readonly behaviour: Behaviour;
  /** Whether the sender tries the second host when the first one refuses it. */
  readonly moves: boolean;
  /** One of the addresses of the sender; a large provider has many. */
  address(chance: Chance): string;
  /** The time until which the sender avoids a host, by name of the host. */
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

/** The volume has a Zipf distribution: the n-th sender of a kind sends 1/n of the volume of the first. */
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
