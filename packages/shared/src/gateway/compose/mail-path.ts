/**
 * The path of a message, put together: from the spool outwards to who is let in. What a worker shares with its siblings is
 * tied in where it is made.
 */
import type { ConnectionCounter } from '../../smtp/server/limits.ts';
import { createNotify } from '../dispatch/notify.ts';
import { Reporting } from '../intake/dmarc-reporting.ts';
import { Intake } from '../intake/intake.ts';
import { Marking } from '../intake/marking.ts';
import { openSubmitters } from '../intake/submitting.ts';
import { openChecking } from '../../filter/pipeline/checking.ts';
import { createJudging } from '../../filter/pipeline/judging.ts';
import { openRecords } from '../../filter/pipeline/recording.ts';
import type { PartnerView } from '../pair/partner-view.ts';
import { SubmissionWait } from '../pair/submission-wait.ts';
import { Topics } from '../../platform/topics.ts';
import { CommitWatch } from '../../spool/store/commit-watch.ts';
import { createIds } from '../../spool/store/ids.ts';
import { localServersOf } from '../../smtp/route/route.ts';
import { Signing } from '../sign/signing.ts';
import type { Settings } from '../../config/settings.ts';
import { shareSubmitted } from '../workers/share-limits.ts';
import { shareLoad } from '../workers/share-load.ts';
import { shareTopics } from '../workers/share-topics.ts';
import { isFace, slotDirectories } from '../workers/slot.ts';
import type { Worker } from '../workers/worker.ts';
import type { Doors } from './doors.ts';
import { guarded, openEntrance, type Entrance } from './entrance.ts';
import {
  clock,
  openDispatcher,
  openKeeping,
  openRecipients,
  openSending,
  openSpool,
  openStore,
  retryAt,
  type Ground,
} from './ground.ts';
import { shareRecipients } from './pairing.ts';

export interface MailPathParts {
  readonly worker: Worker;
  readonly doors: Doors;
  /** Connections at the doors. */
  readonly counter: ConnectionCounter;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly PartnerView[];
  /** The other nodes of this role. */
  siblings(): readonly PartnerView[];
}

export type MailPath = Awaited<ReturnType<typeof openMailPath>>;

/** @throws when a store cannot be opened or read */
export async function openMailPath(ground: Ground, parts: MailPathParts) {
  const { worker, doors } = parts;
  const stores = await openStores(ground, worker);
  const queue = openQueue(ground, worker, stores);
  const judgement = await openJudgement(ground, stores, queue);
  const entrance = openEntrance(ground, { ...parts, ...stores, ...queue });
  const intake = openIntake(ground, stores, queue, judgement, entrance);
  doors.serve((listener) => guarded(listener, intake.hooksOf(listener), entrance));

  const { spool, records, quarantine, checkLocalServers, localServers, resolver, rest, topics, recipients } =
    stores;
  const { reach } = stores;
  const { dispatcher, ledger, nextId, signing } = queue;
  const { checking } = judgement;
  const { work, gate, senders, sentry, signIns } = entrance;
  return {
    spool,
    records,
    quarantine,
    dispatcher,
    checkLocalServers,
    localServers,
    reach,
    dns: () => resolver.state(),
    rest,
    topics,
    ledger,
    gate,
    work,
    checking,
    senders,
    sentry,
    signIns,
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

type Stores = Awaited<ReturnType<typeof openStores>>;
type Queue = ReturnType<typeof openQueue>;
type Judgement = Awaited<ReturnType<typeof openJudgement>>;

/** What is kept: mail, what was decided of it, and what is known of recipients; and the way to those who are asked. */
async function openStores(ground: Ground, worker: Worker) {
  const { host, directory, settings, log } = ground;
  const commits = new CommitWatch();
  const submissionWait = new SubmissionWait(clock);
  const spool = await openSpool(ground, commits);
  const records = openRecords({ directory, host: host.host, settings, clock, log });
  ground.closers.push(() => records.close());
  const others = shareLoad(worker, {
    quarantineBytes: () => quarantine.sizeBytes(),
    memoryBytes: () => ground.memory.ownBytes,
  });
  ground.memory.others = others.memoryBytes;
  const quarantine = await openKeeping(ground, records, others.quarantineBytes);
  const sending = openSending(ground);
  const store = openStore(ground);
  const topics = new Topics();
  shareRecipients(store, topics, clock, () => settings().recipients);
  shareTopics(worker, topics, clock);
  const recipients = openRecipients(ground, sending, store);
  const reach = () => sending.localServers.state(clock.now(), localServersOf(settings()));
  return {
    ...sending,
    reach,
    commits,
    submissionWait,
    spool,
    records,
    others,
    quarantine,
    topics,
    recipients,
  };
}

/** What leaves by the queue: numbered, signed, and counted by its submitter. */
function openQueue(ground: Ground, worker: Worker, stores: Stores) {
  const { role, slot, host, settings, log, metrics } = ground;
  const { spool, attempts, records, resolver, topics } = stores;
  const nextId = createIds({ clock, slot: slot.number });
  const expireMs = (): number => settings().queue.expireMs;
  const signing = new Signing({ settings, resolver, log, metrics });
  ground.closers.push(async () => signing.close());
  const isHosted = (domain: string): boolean =>
    domain === '' || settings().domains.some(({ name }) => name === domain);
  const notify = createNotify({ host: host.host, spool, nextId, expireMs, isHosted, signing, clock });
  const onCounted = shareSubmitted(worker, () => ledger);
  const ledger = openSubmitters({
    host,
    keeps: isFace(slot),
    ...(onCounted && { onCounted }),
    settings,
    takesSubmissions: () => role.listeners(settings()).some((listener) => listener.role === 'submission'),
    topics,
    clock,
    log,
  });
  ground.closers.push(() => ledger.close());
  const dispatcher = openDispatcher(ground, spool, attempts, notify, records, ledger);
  return { nextId, signing, notify, ledger, dispatcher };
}

/** What is learnt and checked, the verdict, and what is told of it to those who ask for reports. */
async function openJudgement(ground: Ground, stores: Stores, queue: Queue) {
  const { slot, host, directory, settings, current, log, metrics } = ground;
  const { spool, resolver, topics } = stores;
  const { ledger, signing, nextId, dispatcher } = queue;
  const keeps = isFace(slot);
  const checking = await openChecking({
    charge: (sender, recipients) => ledger.charge(sender, recipients, settings().judge.mode === 'enforce'),
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
  const reporting = new Reporting({
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
  return { checking, judging, reporting };
}

/** What is done with the mail that clients bring. */
function openIntake(
  { host, settings, room, log, metrics }: Ground,
  stores: Stores,
  queue: Queue,
  judgement: Judgement,
  { cameFrom }: Entrance,
): Intake {
  const marking = new Marking({
    signing: queue.signing,
    settings,
    host: host.host,
    incomingDirectory: stores.spool.incomingDirectory,
    room,
  });
  return new Intake({
    ...stores,
    ...queue,
    ...judgement,
    host: host.host,
    settings,
    marking,
    retryAt: (count) => retryAt(settings(), count, true),
    waited: (ms) => stores.submissionWait.note(ms),
    came: cameFrom,
    clock,
    log,
    metrics,
  });
}
