/**
 * Whether a partner is alive, by the beats heard of it (its own, and its answers to ours). Pure; times are of a clock
 * that never jumps.
 *
 *     unknown ─beat→ alive ─one missed→ suspect ─deadAfter→ dead ─beat→ suspect ─beat→ alive
 *
 * One beat is enough where nothing is known against it; after death two are needed.
 */
import type { PartnerState } from './partner-view.ts';

export interface PulseRules {
  readonly intervalMs: number;
  readonly deadAfterMs: number;
}

export interface Pulse {
  readonly state: PartnerState;
  /** Time without a beat is counted from here. */
  readonly quietSince: number;
  /** Last it was heard of while it was alive; null while it is, and before it ever was. */
  readonly lostSince: number | null;
}

export const firstPulse = (now: number): Pulse => ({ state: 'unknown', quietSince: now, lostSince: null });

export function afterBeat(pulse: Pulse, now: number): Pulse {
  if (pulse.state === 'dead') return { ...pulse, state: 'suspect', quietSince: now };
  return { state: 'alive', quietSince: now, lostSince: null };
}

/** As time goes by without a beat. */
export function afterSilence(pulse: Pulse, now: number, { intervalMs, deadAfterMs }: PulseRules): Pulse {
  const { state, quietSince } = pulse;
  if (state === 'dead') return pulse;
  const quietMs = now - quietSince;
  if (quietMs >= deadAfterMs) return { ...lost(pulse), state: 'dead' };
  const isMissed = quietMs >= Math.max(2 * intervalMs, LEAST_MISSED_MS);
  return state === 'alive' && isMissed ? { ...lost(pulse), state: 'suspect' } : pulse;
}

const lost = (pulse: Pulse): Pulse => ({
  ...pulse,
  lostSince: pulse.lostSince ?? (pulse.state === 'alive' ? pulse.quietSince : null),
});

/** We were not there to hear it for so long: that is not its silence. */
export const excuse = (pulse: Pulse, absentMs: number): Pulse => ({
  ...pulse,
  quietSince: pulse.quietSince + absentMs,
});

/** A busy machine may be late by this much without anything being wrong. */
const LEAST_MISSED_MS = 250;
