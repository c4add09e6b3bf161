/**
 * Whether a client that was let in is greeted now, waits some more, or is asked to come back. Pure.
 *
 * While a gateway is strained and nobody else has room, a refusal puts mail off by minutes or hours, and a greeting makes the strain
 * worse. So strangers wait before the greeting, where they cost a few KB. Chance decides again after each short wait, the more often
 * in their favour the less strain there is. Known clients wait only for submitters, and only when most strangers do. Senders wait five minutes for a greeting (RFC 5321 §4.5.3.2.1), and some only 45 s.
 */
import { ramp, type AdmissionRules } from './admission.ts';

/** After that a stranger is asked to come back. */
export const MOST_WAIT_MS = 20_000;
/** Between two decisions about one client: half of it to one and a half, so that those who came together do not stay together. */
const AGAIN_MS = 1_000;
/** The share of the sessions allowed in which strangers may wait. */
const WAITING_SHARE = 0.25;

export interface TurnFacts {
  /** It delivered mail that was taken, not long ago. */
  readonly isKnown: boolean;
  /** What grows with the work under way. */
  readonly strain: number;
  /** The part of the strain that submitters feel, who come before all clients. */
  readonly submissions: number;
  /** How long it has waited; undefined before the first wait. */
  readonly waitedMs: number | undefined;
  /** How many others wait. */
  readonly waiting: number;
  /** How many may. */
  readonly mostWaiting: number;
  /** It came through a load balancer that has another node with room: it is kept. */
  readonly hasSibling: boolean;
  /** In [0, 1). */
  readonly random: number;
}

export type Turn = 'greet' | 'wait' | 'defer';

export function greetingTurn(facts: TurnFacts, { budget }: AdmissionRules): Turn {
  const { isKnown, strain, submissions, waitedMs, waiting, mostWaiting, hasSibling, random } = facts;
  const waits = isKnown ? ramp(submissions, (budget + 1) / 2, 1) : ramp(strain, budget, 1);
  if (random >= waits) return 'greet';
  const mayWait = waitedMs === undefined ? waiting < mostWaiting : waitedMs < MOST_WAIT_MS;
  if (mayWait) return 'wait';
  return hasSibling ? 'greet' : 'defer';
}

export const waitMs = (random: number): number => Math.round(AGAIN_MS * (0.5 + random));

/** @param connections the sessions allowed, of so many workers */
export const mostWaiting = (connections: number, workers: number): number =>
  Math.max(1, Math.floor((connections * WAITING_SHARE) / workers));
