/** What a client looks like, and what it did. */
import type { Rate } from '../../platform/values/rate.ts';

/** Scores of what the names of a client look like. */
export interface ClientSettings {
  readonly noName: number;
  readonly unconfirmedName: number;
  readonly genericName: number;
  readonly refuseOurName: boolean;
  readonly ourName: number;
  readonly hostedName: number;
  readonly wrongAddress: number;
  readonly bareWord: number;
  readonly unknownName: number;
  readonly earlyTalker: number;
}

/** What a stranger may do in a time; null for without limit. */
export interface RateSettings {
  readonly connectionsPerClient: Rate | null;
  readonly connectionsPerNetwork: Rate | null;
  readonly messagesPerClient: Rate | null;
  readonly messagesPerNetwork: Rate | null;
  readonly messagesPerSender: Rate | null;
  readonly recipientsPerClient: Rate | null;
  /** Networks that are neither limited nor banned, besides private addresses and those of the pair. */
  readonly exempt: readonly string[];
}

export interface HarvestSettings {
  /** Unknown recipients that a client may ask for at once, and in `refillMs`; 0 for any number. */
  readonly credit: number;
  readonly refillMs: number;
  readonly tarpitMs: number;
  readonly tarpitSessions: number;
  readonly banMs: number;
}

export interface GreylistSettings {
  readonly mode: 'off' | 'suspicious' | 'everyone';
  readonly suspiciousAt: number;
  readonly delayMs: number;
  readonly windowMs: number;
  readonly keepMs: number;
}
