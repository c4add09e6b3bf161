/**
 * The path of a message, put together: from the spool outwards to who is let in. What a worker shares with its siblings is
 * tied in where it is made.
 */
import type { ConnectionCounter } from './accept/limits.ts';
import { openChecking } from './checking.ts';
import { openSentry } from './conduct-sentry.ts';
import { openReporting } from './dmarc-reporting.ts';
import type { Doors } from './doors.ts';
import { openGate } from './gate.ts';
import {
  clock,
  openDispatcher,
  openKeeping,
  openRecipients,
  openSending,
  openSpool,
  openStore,
  random,
  retryAt,
  type Ground,
} from './ground.ts';
import { createIntake } from './intake.ts';
import { createJudging } from './judging.ts';
import { loadSources } from './load-sources.ts';
import { createMarking } from './marking.ts';
import { createNotify } from './notify.ts';
import type { Partner } from './pair/admission.ts';
import { KnownClients } from './pair/known-clients.ts';
import { Topics } from './pair/topics.ts';
import { shareRecipients } from './pairing.ts';
import { CommitWatch } from './queue/commit-watch.ts';
import { createIds } from './queue/ids.ts';
import { openRecords } from './recording.ts';
import { openSigning } from './signing.ts';
import { openSubmitters } from './submitting.ts';
import { verifyUser } from './system/passwords.ts';
import type { Settings } from './system/settings.ts';
import { shareConnections, shareKnown, shareRates, shareSubmitted } from './workers/share-limits.ts';
import { shareLoad } from './workers/share-load.ts';
import { shareTopics } from './workers/share-topics.ts';
import { isFace, slotDirectories } from './workers/slot.ts';
import type { Worker } from './workers/worker.ts';

export interface MailPathParts {
  readonly worker: Worker;
  readonly doors: Doors;
  /** Connections at the doors. */
  readonly counter: ConnectionCounter;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly Partner[];
}

export type MailPath = Awaited<ReturnType<typeof openMailPath>>;

/** @throws when a store cannot be opened or read */
export async function openMailPath(ground: Ground, { worker, doors, counter, partners }: MailPathParts) {
  const { role, slot, host, directory, settings, current, log, metrics } = ground;
  const keeps = isFace(slot);
  const commits = new CommitWatch();
  const spool = await openSpool(ground, commits);
  const records = openRecords({
    directory,
    host: host.host,
    settings,
    clock,
    log,
  });
  ground.closers.push(() => records.close());
  const others = shareLoad(worker, () => quarantine.sizeBytes());
  const quarantine = await openKeeping(ground, records, others.quarantineBytes);
  const { attempts, localServers, rest, resolver } = openSending(ground);
  const store = openStore(ground);
  const topics = new Topics();
  shareRecipients(store, topics, clock, () => settings().recipients);
  shareTopics(worker, topics, clock);
  const recipients = openRecipients(ground, attempts, store);
  const nextId = createIds({ clock, slot: slot.number });
  const expireMs = (): number => settings().queue.expireMs;
  const signing = openSigning({ settings, resolver, log, metrics });
  ground.closers.push(async () => signing.close());
  const notify = createNotify({ host: host.host, spool, nextId, expireMs, signing, clock });
  const onCounted = shareSubmitted(worker, () => ledger);
  const ledger = openSubmitters({
    host,
    keeps,
    ...(onCounted && { onCounted }),
    takesSubmissions: () => role.listeners(settings()).some((listener) => listener.role === 'submission'),
    topics,
    clock,
    log,
  });
  ground.closers.push(() => ledger.close());
  const dispatcher = openDispatcher(ground, spool, attempts, notify, records, ledger);
  const known = new KnownClients();
  shareKnown(worker, known, clock);
  shareConnections(worker, counter, () => gate.look());
  const gate = openGate({
    rules: () => settings().load,
    partners,
    sources: loadSources({
      settings,
      sessions: () => counter.totalOfAll,
      ...(others.load && { others: others.load }),
      commits,
      dispatcher,
      localServers,
      directory: host.spool,
      clock,
    }),
    setShut: doors.setShut,
    known,
    clock,
    random,
    log,
    metrics,
  });
  ground.closers.push(async () => gate.close());
  const checking = await openChecking({
    charge: (submitter) => ledger.charge(submitter, settings().judge.mode === 'enforce'),
    settings,
    host: host.host,
    directory: host.spool,
    keeps,
    resolver,
    passwordIn: (file) => current.secrets.passwords.get(file) ?? '',
    topics,
    clock,
    log,
    metrics,
  });
  ground.closers.push(() => checking.close());
  const judging = createJudging({ settings, ...checking, clock });
  const reporting = openReporting({
    settings,
    host: host.host,
    directory,
    others: keeps ? () => slotDirectories(host.spool).slice(1) : null,
    resolver,
    spool,
    signing,
    nextId,
    queued: (entry) => dispatcher.wake(entry),
    clock,
    log,
    metrics,
  });
  ground.closers.push(() => reporting.close());
  const intake = createIntake({
    host: host.host,
    settings,
    attempts,
    recipients,
    spool,
    dispatcher,
    authenticate: (user, password) => verifyUser(current.secrets.users, user, password),
    judging,
    reporting,
    mark: createMarking({
      signing,
      settings,
      host: host.host,
      incomingDirectory: spool.incomingDirectory,
      room: ground.room,
    }),
    signing,
    ledger,
    quarantine,
    records,
    nextId,
    retryAt: (count) => retryAt(settings(), count, true),
    notify,
    clock,
    log,
    metrics,
  });
  const sentry = openSentry({
    settings,
    directory: host.spool,
    keeps,
    topics,
    clock,
    log,
    metrics,
  });
  shareRates(worker, sentry.counts);
  ground.closers.push(() => sentry.close());
  doors.serve((listener) =>
    listener === 'mx' ? sentry.guard(gate.guard(intake(listener))) : intake(listener),
  );

  return {
    spool,
    records,
    quarantine,
    dispatcher,
    localServers,
    rest,
    topics,
    ledger,
    gate,
    checking,
    sentry,
    nextId,
    /** @throws when a file of recipients cannot be read; then all is as before */
    readRecipients: (of: Settings) => recipients.reload(of.domains),
    /** After the settings changed. */
    reload() {
      checking.reload();
      signing.reload();
      sentry.reload();
    },
  };
}
