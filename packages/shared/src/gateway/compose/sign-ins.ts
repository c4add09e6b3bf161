/**
 * accept → conduct: who may sign in at the listeners for submitters. The decisions are conduct/sign-in; here they are asked
 * for, carried out, logged, counted and shared with the other workers and with the partners.
 */
import { join } from 'node:path';
import type { Credentials, SessionHooks } from '../../smtp/server/session-context.ts';
import { Gcra } from '../../platform/values/gcra.ts';
import { Failures, type Failure } from '../../directory/sign-in/failures.ts';
import { HashQueue } from '../../directory/sign-in/hash-queue.ts';
import { SignInLimits } from '../../directory/sign-in/limits.ts';
import { openSignInNetworks, type SignInNetworks } from '../../directory/sign-in/networks.ts';
import { SignIns, type SignInResult } from '../../directory/sign-in/sign-in.ts';
import { Tarpit } from '../../smtp/server/tarpit.ts';
import type { Topics } from '../../platform/topics.ts';
import { add, countOf, emptyWindow } from '../../directory/submitters/window.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { SignInOutcome } from '../../platform/metrics/sign-ins.ts';
import { verifyUser } from '../../config/passwords.ts';
import { printable } from '../../platform/values/printable.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import type { RefusedSignIns, SignInState } from '../../platform/values/sign-in-state.ts';

export interface SignInsParts {
  /** Their hashes, by name. */
  users(): ReadonlyMap<string, string>;
  /** Whether there is a listener for submitters. */
  takesSubmissions(): boolean;
  /** The spool's. */
  readonly directory: string;
  /** False where another worker writes there. */
  readonly keeps: boolean;
  /** Of this gateway. */
  readonly workers: number;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'signIn' | 'watchHashes'>;
  /** Of a test that counts, or does not wait. */
  readonly verify?: typeof verifyUser;
  readonly tarpit?: Tarpit;
}

export interface GuardedSignIns {
  /** Sessions of submitters, with the right to sign in. */
  guard(hooks: SessionHooks): SessionHooks;
  state(): SignInState;
  close(): Promise<void>;
}

/** Of a process: a hash takes a thread of four, and a core while it runs. */
const HASHES = 2;
const PLACES = { strangers: 32, known: 256 };
const HOUR_MS = 3_600_000;
const MOST_SHOWN = 100;

export function openSignIns(parts: SignInsParts): GuardedSignIns {
  const { clock, metrics, verify = verifyUser, tarpit = new Tarpit() } = parts;
  const limits = new SignInLimits();
  const queue = new HashQueue({ ...PLACES, atATime: parts.workers === 1 ? HASHES : 1 });
  metrics.watchHashes(() => queue);
  const failures = new Failures(clock);
  const networks = openNetworks(parts);
  const report = createReport(parts);
  const tell = shareSignIns(parts, networks, failures, (failure) => signIns.failedElsewhere(failure));
  const signIns = new SignIns({
    ...{ limits, networks, failures, queue, tarpit, clock },
    users: parts.users,
    verify: (user, password) => verify(parts.users(), user, password),
    onArrival: tell.arrival,
    onFailure(failure, refused) {
      tell.failure(failure.id);
      for (const each of refused) report.refusing(each);
    },
  });
  return {
    guard: (hooks) => guarded(hooks, signIns, report),
    state: () => ({
      failedLastHour: report.failedLastHour(),
      guessingClients: failures.clients(),
      refused: limits.refused(clock.now()).slice(-MOST_SHOWN),
    }),
    close() {
      tarpit.close();
      return networks.close();
    },
  };
}

const openNetworks = ({ directory, keeps, clock, log }: SignInsParts): SignInNetworks =>
  openSignInNetworks({
    path: join(directory, 'conduct', 'sign-ins.journal'),
    keeps,
    clock,
    onFault: (error) => log.error('sign-ins.journal-fault', { err: error }),
  });

/** With the other workers, and with partners that take submissions. */
function shareSignIns(
  { topics, takesSubmissions }: SignInsParts,
  networks: SignInNetworks,
  failures: Failures,
  failedElsewhere: (failure: Failure) => void,
) {
  const take = (items: readonly string[]): number => {
    const fresh = failures.take(items);
    for (const failure of fresh) failedElsewhere(failure);
    return fresh.length;
  };
  const arrivals = topics.add({
    name: 'signIns',
    look: networks.look,
    all: networks.all,
    take: (items) => (takesSubmissions() ? networks.take(items) : 0),
  });
  const failed = topics.add({
    name: 'signInFailures',
    look: (id) => failures.look(id),
    all: () => failures.all(),
    take: (items) => (takesSubmissions() ? take(items) : 0),
  });
  return {
    arrival: (key: string): void => arrivals.tell(key),
    failure: (id: string): void => failed.tell(id),
  };
}

function guarded(hooks: SessionHooks, signIns: SignIns, report: Report): SessionHooks {
  return {
    ...hooks,
    async authenticate(credentials, session) {
      const { user, password } = credentials;
      try {
        const result = await signIns.attempt(session, session.client.address, user, password);
        report.ended(outcomeOf(result), credentials, session);
        return answerTo(result);
      } catch (error) {
        report.ended('fault', credentials, session);
        throw error;
      }
    },
    foreignIdentity: (credentials, session) => report.ended('foreign-identity', credentials, session),
    closed(session) {
      signIns.gone(session);
      hooks.closed(session);
    },
  };
}

function outcomeOf(result: SignInResult): SignInOutcome {
  if (result.kind === 'refused') return `${result.by}-refused`;
  return result.kind === 'right' ? 'succeeded' : result.kind;
}

function answerTo(result: SignInResult): boolean | Reply {
  switch (result.kind) {
    case 'right':
      return true;
    case 'wrong':
    case 'repeated':
      return false;
    case 'refused':
      return result.by === 'network'
        ? replies.signInsRefused(result.waitMs)
        : replies.accountRefused(result.waitMs);
    case 'busy':
    case 'gone':
      return replies.tooManySignIns;
  }
}

interface Report {
  ended(outcome: SignInOutcome, credentials: Credentials, session: Session): void;
  /** From now on. */
  refusing(what: RefusedSignIns): void;
  failedLastHour(): number;
}

/** Lines about sign-ins that failed: a burst, then one a second. Guessing fills no disk; the metrics count all of them. */
const LINES = { count: 60, perMs: 60_000 };
const LONGEST_USER = 100;

function createReport({ log, metrics, clock }: SignInsParts): Report {
  const lines = new Gcra(10);
  let heldBack = 0;
  let failed = emptyWindow;

  const mayLog = (event: string): boolean => lines.take(event, clock.now(), LINES) === 0;
  return {
    ended(outcome, { user, mechanism }, { id, client }) {
      metrics.signIn(mechanism, outcome);
      if (outcome === 'succeeded' || outcome === 'gone') return;
      failed = add(failed, HOUR_MS, clock.now(), 1);
      if (!mayLog('failed')) return void (heldBack += 1);
      log.info('auth.failed', {
        session: id,
        client: client.address,
        user: printable(user, LONGEST_USER),
        mechanism: mechanism.toLowerCase(),
        reason: outcome,
        ...(heldBack > 0 && { heldBack }),
      });
      heldBack = 0;
    },
    refusing({ network, account }) {
      if (!mayLog('refusing')) return;
      log.warn('auth.refusing', {
        ...(network !== undefined && { network }),
        ...(account !== undefined && { account: printable(account, LONGEST_USER) }),
      });
    },
    failedLastHour: () => Math.round(countOf(failed, HOUR_MS, clock.now())),
  };
}
