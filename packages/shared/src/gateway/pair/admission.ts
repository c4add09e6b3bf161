/**
 * Who comes in when there is much to do: load and what is known of the partners in, a decision out. Pure.
 *
 * Up to `budget` everybody does. Sessions count only near the limit, see `sessionsAtTheDoor`. Above the budget, while a partner has
 * room, clients are asked to go to the other MX (421 4.3.2 in place of the greeting), the more of them the higher the load, in the
 * order of shed-order.ts. Past `limit` the door is shut, so that senders are refused at once and go to the other MX without a word
 * from us. Each of the three begins higher than it ends, so that it does not begin and end all the time.
 *
 * Nobody is sent away who came through a load balancer that has another node with room: the balancer moves new clients there, while a
 * client that is sent away here may come back after minutes, or go to the other MX.
 *
 * When no partner has room, sending clients away would only delay their mail: the door stays open, clients that cannot be served yet
 * wait for the greeting, and strangers are deferred when the sessions pass `limit`; the rest of them is for known clients, and
 * `limits.connections` is for everybody. Nobody is ever refused for good. The last MX closes its port when no more may wait: nobody
 * moves on from there, and a refusal by the kernel costs nothing, while 421 costs submitters the processor.
 */
import type { PartnerView } from './partner-view.ts';
import { shedBand, type Ranked } from './shed-order.ts';

export interface AdmissionRules {
  /** Load that a gateway takes by itself. */
  readonly budget: number;
  /** Load past which nothing more fits. */
  readonly limit: number;
  /** Whether the partner may be sent clients at all. */
  readonly shed: boolean;
}

export type Door = 'open' | 'shedding' | 'shut';

export type Partner = Pick<PartnerView, 'state' | 'draining' | 'headroom' | 'sheds' | 'answered'>;

export interface DoorFacts {
  /** The load as a client finds it. */
  readonly load: number;
  /** The load in what cannot wait for an average. */
  readonly urgent: number;
  /** Gateways whose listeners are the other MX. */
  readonly partners: readonly Partner[];
  /** At the last MX: how many clients wait for the greeting, as a share of those that may. At other hosts it is 0. */
  readonly crowd: number;
}

/** How far load must fall below where it began for shedding to end, and for a door that is shut to open. */
const MARGIN = 0.1;
/** The crowd at which the door of the last MX opens again. */
const STILL_CROWDED = 0.5;
/** What a partner must have left, or a few clients more would fill it. */
const ROOM = 0.05;
/** Sessions send clients away only this close to the limit: open sessions alone slow nobody down. */
const NEAR = 0.05;

/**
 * The load that open sessions are for the door, on the scale of budget and limit. It reaches the budget just below the limit, and
 * the limit at the limit.
 * @param share of the sessions allowed that are open
 */
export function sessionsAtTheDoor(share: number, { budget, limit }: AdmissionRules): number {
  const near = Math.max(budget, limit - NEAR);
  if (share >= limit) return share;
  return share < near
    ? (share / near) * budget
    : budget + ((share - near) / (limit - near)) * (limit - budget);
}

export function nextDoor(
  door: Door,
  { load, urgent, partners, crowd }: DoorFacts,
  rules: AdmissionRules,
): Door {
  if (!rules.shed) return 'open';
  if (!partners.some(hasRoom)) return crowd >= (door === 'shut' ? STILL_CROWDED : 1) ? 'shut' : 'open';
  if (urgent >= rules.limit - (door === 'shut' ? MARGIN : 0)) return 'shut';
  return load >= shedsFrom(door, rules) ? 'shedding' : 'open';
}

/** Not one whose door is ours to help with: two that shed would send a client to and fro. */
export const hasRoom = ({ state, draining, headroom, sheds }: Partner): boolean =>
  state === 'alive' && !draining && !sheds && headroom >= ROOM;

/** What is left of the budget. */
export const roomLeft = (load: number, { budget }: AdmissionRules): number => Math.max(0, budget - load);

const shedsFrom = (door: Door, { budget }: AdmissionRules): number =>
  door === 'open' ? budget : budget - MARGIN;

export interface ClientFacts extends Ranked {
  readonly load: number;
  /** Open sessions, as a share of those allowed. */
  readonly sessions: number;
  /** It came through a load balancer that has another node with room, and that is told to prefer it. */
  readonly hasSibling: boolean;
  /** In [0, 1). */
  readonly random: number;
}

/** `shed`: the other MX has room. `defer`: nobody has. */
export type Admission = 'accept' | 'shed' | 'defer';

export function admit(door: Door, client: ClientFacts, rules: AdmissionRules): Admission {
  if (client.hasSibling) return 'accept';
  if (door === 'open') return client.isKnown || client.sessions < rules.limit ? 'accept' : 'defer';
  return client.random < shedProbability(door, client, rules) ? 'shed' : 'accept';
}

/**
 * Strangers by a probability that reaches 1 half-way between budget and limit, others from there on (shed-order.ts). Whoever
 * still comes to a door that is shut is sent away: through a load balancer, whose listeners stay open for its checks.
 */
export function shedProbability(
  door: Door,
  client: Pick<ClientFacts, 'isKnown' | 'class' | 'load'>,
  rules: AdmissionRules,
): number {
  if (door === 'open') return 0;
  if (door === 'shut') return 1;
  const middle = (rules.budget + rules.limit) / 2;
  return ramp(client.load, ...shedBand(client, shedsFrom(door, rules), middle, rules.limit));
}

/** 0 up to `from`, 1 from `to` on, straight between them. */
export function ramp(value: number, from: number, to: number): number {
  if (value <= from) return 0;
  return value >= to ? 1 : (value - from) / (to - from);
}
