/**
 * accept → pair: what this gateway can take, in messages a second, as it learns it, and what it grants partners and is granted by
 * them.
 */
import { performance } from 'node:perf_hooks';
import type { SessionHooks } from '../../smtp/server/listener.ts';
import { hasRoom } from '../pair/admission.ts';
import { grantOf, messagesPerSecond } from '../pair/capacity.ts';
import { asGranted, freshMs, Grant, rateOf } from '../pair/grant.ts';
import type { Capacity, PartnerView } from '../pair/partner-view.ts';
import { WorkMeter } from '../pair/work-meter.ts';
import { usableCores } from '../../platform/resources/usable-cores.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import { shareWork } from '../workers/share-work.ts';
import type { Sibling } from '../workers/siblings.ts';
import { isFace } from '../workers/slot.ts';
import { clock, type Ground } from './ground.ts';

export interface WorkParts {
  readonly worker: Sibling;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly PartnerView[];
}

/** What is said of it in heartbeats; empty while the cost of a message is not known. */
export type Offer = Pick<Capacity, 'messagesPerSecond' | 'grant'>;

export interface Work {
  /** The hooks of a listener, with the messages counted that are accepted. */
  counted(hooks: SessionHooks, listener: ListenerRole): SessionHooks;
  /** The partners as they are for the door: one that grants nothing has no room. */
  partners(): readonly PartnerView[];
  /** Spends what partners grant: one token for a client that is sent over; false when there is none. */
  take(): boolean;
  messagesPerSecond(): number | undefined;
  offer(headroom: number): Offer;
}

export function openWork(ground: Ground, { worker, partners }: WorkParts): Work {
  const { role, slot, host, settings, log } = ground;
  const tell = shareWork(worker, (work) => meter.add(work));
  const meter = new WorkMeter({
    role: role.name,
    directory: host.spool,
    keeps: isFace(slot),
    ...(tell && { tell }),
    failed: (error, file) =>
      log.warn('capacity.fault', {
        file,
        err: error,
        fix: 'make the file readable and its directory writable for the gateway; "mailpair capacity" writes a good one',
      }),
  });
  ground.closers.push(async () => meter.close());
  const cores = usableCores();
  const fresh = (): number => freshMs(settings().pair.intervalMs);
  const granted = (): number =>
    partners()
      .filter(hasRoom)
      .reduce((sum, partner) => sum + rateOf(partner, clock.now(), fresh()), 0);
  const grant = new Grant(
    () => granted() / slot.of,
    () => performance.now(),
  );
  const capacity = (): number | undefined =>
    meter.costSeconds === undefined
      ? undefined
      : messagesPerSecond({ cores, workers: slot.of }, meter.costSeconds);
  /** Both do their own work first; that of outbound is submissions, strangers come to it beside. */
  const isDuty = (listener: ListenerRole): boolean => role.name === 'inbound' || listener === 'submission';

  return {
    counted: (hooks, listener) => ({
      ...hooks,
      async message(envelope, body, session) {
        const reply = await hooks.message(envelope, body, session);
        if (reply.code < 300) meter.accepted(isDuty(listener));
        return reply;
      },
    }),
    partners: () => asGranted(partners(), clock.now(), fresh()),
    take: () => grant.take(),
    messagesPerSecond: capacity,
    offer(headroom) {
      const messages = capacity();
      if (messages === undefined) return {};
      const granted = grantOf({
        capacity: messages,
        budget: settings().load.budget,
        dutyPerSecond: meter.dutyPerSecond,
        headroom,
        shedding: partners().filter(({ state, sheds }) => state === 'alive' && sheds).length,
      });
      return { messagesPerSecond: rounded(messages), grant: rounded(granted) };
    },
  };
}

/** To be told: two digits after the point are plenty. */
const rounded = (perSecond: number): number => Math.round(perSecond * 100) / 100;
