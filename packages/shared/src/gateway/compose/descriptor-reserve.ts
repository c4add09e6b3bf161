/**
 * accept → system: nobody is let in by the last descriptors, so that there is one for the spool, for the local server and for whoever
 * asks /healthz. Strangers are deferred first, then everybody.
 */
import type { ConnectionCounter } from '../../smtp/server/limits.ts';
import type { SessionHooks } from '../../smtp/server/listener.ts';
import { Descriptors } from '../../platform/resources/descriptors.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { Throttle } from '../../platform/log/throttle.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';

export interface ReserveParts {
  readonly counter: ConnectionCounter;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'sentAway'>;
  readonly descriptors?: Descriptors;
}

export interface DescriptorReserve {
  /** Counts what is open. @returns the share of what may be, as a part of the load */
  used(): number;
  guard(role: ListenerRole, hooks: SessionHooks): SessionHooks;
}

/** What is left, of so many, for all but strangers, and what is left when nobody is let in any more. */
const FOR_KNOWN = { least: 64, share: 0.1 };
const FOR_OURSELVES = { least: 32, share: 0.05 };
const TOLD_EVERY_MS = 60_000;
const FIX =
  'set LimitNOFILE of the unit higher (systemctl edit), or ulimit -n where there is none; or limits.connections lower';

export function openDescriptorReserve(parts: ReserveParts): DescriptorReserve {
  const { counter, log, metrics, descriptors = new Descriptors() } = parts;
  const told = new Throttle<'exhausted'>(TOLD_EVERY_MS);
  const reserveOf = ({ least, share }: typeof FOR_KNOWN): number =>
    Number.isFinite(descriptors.limit) ? Math.max(least, Math.ceil(descriptors.limit * share)) : 0;

  function tell(more: object = {}): void {
    if (told.pass('exhausted') === undefined) return;
    const { open, limit } = descriptors;
    log.error('descriptors.exhausted', { open, limit, ...more, fix: FIX });
  }

  function isShort(forWhom: typeof FOR_KNOWN): boolean {
    const isIt = descriptors.leftWith(counter.total) < reserveOf(forWhom);
    if (isIt) tell();
    return isIt;
  }

  function used(): number {
    descriptors.measure(counter.total);
    const reserve = reserveOf(FOR_OURSELVES);
    counter.mostHere = descriptors.sessionsLeaving(reserve);
    counter.mostSockets = counter.sockets + Math.max(0, descriptors.limit - descriptors.open - reserve);
    isShort(FOR_KNOWN);
    return descriptors.share;
  }

  used();
  return {
    used,
    guard: (role, hooks) => ({
      ...hooks,
      admit(session: Session) {
        const isStranger = role === 'mx' && !(hooks.isKnown?.(session) ?? false);
        if (!isStranger || !isShort(FOR_KNOWN)) return hooks.admit?.(session) ?? null;
        metrics.sentAway('defer');
        return replies.tooManyConnections;
      },
      cannotAccept: (error, listener) => tell({ listener, err: error }),
    }),
  };
}
