/** Compares the messages that were acknowledged before a power cut with those on disk after it. Pure. */
import { IN_FLIGHT_MS, type Sent, type Taken } from '../../loopback/ledger.ts';
import type { Examined } from './examine.ts';

/** A message, and the line of the recording at which its 250 was sent. */
export interface Acknowledged {
  readonly sent: Pick<Sent, 'id' | 'recipients' | 'digest'>;
  readonly at: number;
}

export interface CutLoss {
  /** The number of lost recipients. */
  readonly lost: number;
  readonly duplicated: number;
  readonly inFlight: number;
  /** A description of each fault. */
  readonly faults: readonly string[];
}

/** The tolerance in ms for times of one clock, given the precision of the recording. */
const SAME_TIME_MS = 2;

export function judgeCut(
  cut: { readonly at: number; readonly atMs: number },
  { kept, damaged }: Examined,
  acknowledged: readonly Acknowledged[],
  taken: readonly Taken[],
): CutLoss {
  const loss = { lost: 0, duplicated: 0, inFlight: 0 };
  const faults = damaged.map((what) => `set aside: ${what}`);
  for (const { sent } of acknowledged.filter(({ at }) => at < cut.at))
    for (const recipient of sent.recipients) {
      const copies = kept.filter(({ id, recipients }) => id === sent.id && recipients.includes(recipient));
      const wholes = copies.filter(({ digest }) => digest === sent.digest);
      const arrived = taken.find(
        ({ id, to, at }) => id === sent.id && to.includes(recipient) && at <= cut.atMs + SAME_TIME_MS,
      );
      if (copies.length > wholes.length) faults.push(`altered: message ${sent.id} for ${recipient}`);
      if (wholes.length === 0 && !arrived) {
        loss.lost += 1;
        faults.push(`lost: message ${sent.id} for ${recipient}`);
      }
      const copiesTooMany = wholes.length - (arrived ? 0 : 1);
      if (copiesTooMany <= 0) continue;
      if (arrived && arrived.at >= cut.atMs - IN_FLIGHT_MS) loss.inFlight += copiesTooMany;
      else {
        loss.duplicated += copiesTooMany;
        faults.push(`duplicated: message ${sent.id} for ${recipient}`);
      }
    }
  return { ...loss, faults };
}
