/**
 * Whether a client that was let in is greeted now, waits some more, or is asked to come back. Pure.
 *
 * While a gateway is strained and nobody else has room, a refusal puts mail off by minutes or hours, and a greeting makes the strain
 * worse. So clients for which there is no place (service-limit.ts) wait before the greeting, where they cost a few KB. Senders wait
 * five minutes for a greeting (RFC 5321 §4.5.3.2.1), and some only 45 s.
 */
import type { SenderClass } from './sender-class.ts';

/** After that a client is asked to come back. One that moves on when it is refused is soon at the other MX. */
export const mostWaitMs = (is: SenderClass): number => (is === 'moves' ? 3_000 : 20_000);
/** Between two decisions about one client: half of it to one and a half, so that those who came together do not stay together. */
const AGAIN_MS = 1_000;
/** The share of the sessions allowed in which clients may wait. */
const WAITING_SHARE = 0.25;

export interface TurnFacts {
  /** Fewer clients are served than may be. */
  readonly hasPlace: boolean;
  /** How long it has waited; undefined before the first wait. */
  readonly waitedMs: number | undefined;
  /** How long it may wait. */
  readonly mostMs: number;
  /** How many others wait. */
  readonly waiting: number;
  /** How many may. */
  readonly mostWaiting: number;
  /** It came through a load balancer that has another node with room: it is kept. */
  readonly hasSibling: boolean;
}

export type Turn = 'greet' | 'wait' | 'defer';

export function greetingTurn({
  hasPlace,
  waitedMs,
  mostMs,
  waiting,
  mostWaiting,
  hasSibling,
}: TurnFacts): Turn {
  if (hasPlace) return 'greet';
  const mayWait = waitedMs === undefined ? waiting < mostWaiting : waitedMs < mostMs;
  if (mayWait) return 'wait';
  return hasSibling ? 'greet' : 'defer';
}

/** @param random in [0, 1) */
export const waitMs = (random: number): number => Math.round(AGAIN_MS * (0.5 + random));

/** @param connections the sessions allowed */
export const mostWaiting = (connections: number): number =>
  Math.max(1, Math.floor(connections * WAITING_SHARE));
