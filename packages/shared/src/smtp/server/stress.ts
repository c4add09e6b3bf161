/**
 * What clients are allowed while sessions run out, as in Postfix's stress-dependent configuration: everybody is waited for more
 * briefly, and sessions that do not come on give way to those who wait outside. Pure.
 *
 * A share is that of the sessions allowed which are in use, in all workers. A favoured client is one that is known to deliver mail
 * that is taken, or a submitter; all others are strangers.
 */
import type { Settings } from '../../config/settings.ts';

export interface Times {
  /** For the next command, or the next octets of a message. */
  readonly commandMs: number;
  /** For a turn: from the beginning of a session, or the last message that was taken, to the next. */
  readonly turnMs: number;
}

type Calm = Pick<Settings['smtp'], 'commandTimeoutMs' | 'messageTimeoutMs'>;

/** @returns what is configured while there is room, and less as sessions run out: for strangers early, for others late */
export function timesAt(
  share: number,
  isFavoured: boolean,
  { commandTimeoutMs, messageTimeoutMs }: Calm,
): Times {
  const strain = isFavoured ? ramp(share, 0.9, 1) : ramp(share, CALM, 0.8);
  const least = isFavoured ? FAVOURED : STRANGER;
  return {
    commandMs: between(commandTimeoutMs, least.commandMs, strain),
    turnMs: between(messageTimeoutMs + COMMANDS_A_TURN * commandTimeoutMs, least.turnMs, strain),
  };
}

/** For a TLS handshake, which no octet of it puts off. */
export const handshakeMs = (share: number): number => between(30_000, 5_000, ramp(share, CALM, 0.8));

export interface Standing {
  readonly isFavoured: boolean;
  /** When it last came on: was greeted, gave a command that led further than any before in this turn, or a message. */
  readonly progressAt: number;
}

/** Whether a session has to make room for others. Those who must are taken in the order of `byStanding`. */
export function mustGiveWay({ isFavoured, progressAt }: Standing, share: number, now: number): boolean {
  if (share < CROWDED) return false;
  const idleMs = now - progressAt;
  if (!isFavoured) return idleMs >= STRANGER.commandMs;
  return idleMs >= (share < 1 ? FAVOURED_IDLE_MS : FAVOURED.commandMs);
}

/** Strangers first, and of them those without progress for the longest. */
export const byStanding = (one: Standing, other: Standing): number =>
  Number(one.isFavoured) - Number(other.isFavoured) || one.progressAt - other.progressAt;

/** Up to this share everybody is waited for as long as is configured. */
export const CALM = 0.5;
/** The share from which sessions give way to new ones. */
export const CROWDED = 0.9;

/** Besides the message itself there are greeting, hello, STARTTLS, MAIL and RCPT in a turn. */
const COMMANDS_A_TURN = 3;
const STRANGER: Times = { commandMs: 10_000, turnMs: 120_000 };
const FAVOURED: Times = { commandMs: 60_000, turnMs: 600_000 };
/** While a few sessions are left. Whoever is favoured for one message must not keep all others out by it. */
const FAVOURED_IDLE_MS = 300_000;

/** 0 up to `from`, 1 from `to` on, straight between them. */
const ramp = (share: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (share - from) / (to - from)));

const between = (calm: number, strained: number, at: number): number =>
  Math.round(calm + (Math.min(calm, strained) - calm) * at);
