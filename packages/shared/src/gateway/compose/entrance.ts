/** accept → gateway: everything that decides who comes in, put together. */
import type { ConnectionCounter } from '../../smtp/server/limits.ts';
import type { SessionHooks } from '../../smtp/server/listener.ts';
import type { Attempts } from '../dispatch/attempt.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { PartnerView } from '../pair/partner-view.ts';
import type { SubmissionWait } from '../pair/submission-wait.ts';
import type { Topics } from '../../platform/topics.ts';
import type { CommitWatch } from '../../spool/store/commit-watch.ts';
import type { LocalServerState } from '../../smtp/route/local-server-state.ts';
import type { LocalServers } from '../../smtp/route/local-servers.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import { shareConnections, shareRates } from '../workers/share-limits.ts';
import type { shareLoad } from '../workers/share-load.ts';
import { isFace } from '../workers/slot.ts';
import type { Worker } from '../workers/worker.ts';
import { openSentry } from './conduct-sentry.ts';
import { openDescriptorReserve } from './descriptor-reserve.ts';
import type { Doors } from './doors.ts';
import { Gate, type GateParts } from './gate.ts';
import { clock, random, type Ground } from './ground.ts';
import { checkers } from './http-access.ts';
import { openKnownSenders } from './known-senders.ts';
import { loadSources } from './load-sources.ts';
import { openReachAgain } from './reach-again.ts';
import { openSignIns } from './sign-ins.ts';
import { openWork, type Work } from './work.ts';

export interface EntranceParts {
  readonly worker: Worker;
  readonly doors: Doors;
  /** Connections at the doors. */
  readonly counter: ConnectionCounter;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly PartnerView[];
  /** The other nodes of this role. */
  siblings(): readonly PartnerView[];
  readonly others: ReturnType<typeof shareLoad>;
  readonly commits: CommitWatch;
  readonly submissionWait: SubmissionWait;
  readonly dispatcher: Dispatcher;
  /** The local servers as they are now. */
  reach(): readonly LocalServerState[];
  readonly attempts: Pick<Attempts, 'probe'>;
  readonly localServers: LocalServers;
  readonly topics: Topics;
}

export type Entrance = ReturnType<typeof openEntrance>;

/** Who is let in through a listener, and heard there. */
export function guarded(
  listener: ListenerRole,
  hooks: SessionHooks,
  { work, gate, sentry, signIns, reserve }: Entrance,
): SessionHooks {
  const counted = work.counted(hooks, listener);
  return reserve.guard(
    listener,
    listener === 'mx'
      ? sentry.guard(gate.guard(counted))
      : { ...signIns.guard(counted), cannotListen: gate.cannotListen },
  );
}

/**
 * Who comes in, by the load and by what is known of the partner, and who is heard and may sign in, by what the client did
 * before.
 */
export function openEntrance(ground: Ground, parts: EntranceParts) {
  const { role, slot, host, settings, current, log, metrics, closers } = ground;
  const kept = { directory: host.spool, keeps: isFace(slot), topics: parts.topics, clock, log, metrics };
  const { known, senders, came, close: closeKnown } = openKnownSenders({ ...kept, here: role.name });
  closers.push(closeKnown);
  const reserve = openDescriptorReserve({ counter: parts.counter, log, metrics });
  const work = openWork(ground, parts);
  const gate = openGate(ground, parts, { known, senders, reserve, work });
  const endReaching = reachAgain(ground, parts, work);
  closers.push(async () => endReaching());
  const sentry = openSentry({ ...kept, settings });
  shareRates(parts.worker, sentry.counts);
  closers.push(() => sentry.close());
  const signIns = openSignIns({
    ...kept,
    users: () => current.secrets.users,
    takesSubmissions: () => role.listeners(settings()).some((listener) => listener.role === 'submission'),
    workers: slot.of,
  });
  closers.push(() => signIns.close());
  return { work, gate, cameFrom: came, senders, sentry, signIns, reserve };
}

interface GateNeeds extends Pick<GateParts, 'known' | 'senders'> {
  readonly reserve: ReturnType<typeof openDescriptorReserve>;
  readonly work: Work;
}

function openGate(ground: Ground, parts: EntranceParts, { known, senders, reserve, work }: GateNeeds): Gate {
  const { role, slot, host, settings, memory, log, metrics, closers } = ground;
  const { worker, doors, counter, siblings, others, commits, submissionWait, dispatcher, reach } = parts;
  const gate = new Gate({
    rules: () => settings().load,
    partners: work.partners,
    siblings,
    take: work.take,
    sources: loadSources({
      settings,
      sessions: () => counter.totalOfAll,
      ...(others.load && { others: others.load }),
      memory,
      descriptorsUsed: () => reserve.used(),
      commits,
      submissionWait,
      dispatcher,
      reach,
      directory: host.spool,
      clock,
    }),
    reach,
    isLast: role.name === 'outbound',
    setShut: doors.setShut,
    isChecker: checkers(settings, (of) => role.listeners(of)),
    mostSessions: () => settings().limits.connections / slot.of,
    known,
    senders,
    clock,
    random,
    log,
    metrics,
  });
  closers.push(async () => gate.close());
  shareConnections(worker, counter, () => gate.look());
  return gate;
}

/** Local servers that a partner reaches are tried again at once. */
function reachAgain({ settings, log }: Ground, parts: EntranceParts, { partners }: Work) {
  const { siblings, reach, attempts, localServers } = parts;
  return openReachAgain({
    settings,
    reach,
    partners: () => [...partners(), ...siblings()],
    probeNow: (server, now) => localServers.probeNow(now, server),
    probe: (server, recipient) => attempts.probe([server], recipient, settings().recipients.timeoutMs),
    clock,
    log,
  });
}
