/**
 * accept → conduct: who is heard at the listeners for mail from the internet, by what the client did before. Stands before
 * all else, so that nothing is looked up for a client that is banned or comes too often. The decisions are
 * filter/rates-and-bans/conduct.ts; here they are asked for, carried out and told.
 *
 * A banned client is refused when it connects, postmaster or not (RFC 5321 §4.5.1 allows that against attacks), and with a
 * temporary code: what comes from there by mistake is not lost.
 */
import { join } from 'node:path';
import type { SessionHooks } from '../../smtp/server/listener.ts';
import type { Ban } from '../../filter/rates-and-bans/ban.ts';
import { openBans, type Bans } from '../../filter/rates-and-bans/bans.ts';
import { Conduct, type Guest } from '../../filter/rates-and-bans/conduct.ts';
import { Tarpit } from '../../smtp/server/tarpit.ts';
import { ownNamesOf } from '../../config/own-names.ts';
import type { Topics } from '../../platform/topics.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Settings } from '../../config/settings.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';

export interface SentryParts {
  settings(): Settings;
  /** The spool's. */
  readonly directory: string;
  /** False where another worker writes there. */
  readonly keeps: boolean;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'limited' | 'watchBans'>;
}

export interface Sentry {
  /** Sessions of mail from the internet, as far as their clients are to be heard. */
  guard(hooks: SessionHooks): SessionHooks;
  readonly bans: Bans;
  /** What is counted of clients. */
  readonly counts: Pick<Conduct, 'counted' | 'countToo'>;
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

export function openSentry(parts: SentryParts): Sentry {
  const { settings, clock, metrics } = parts;
  const bans = openSharedBans(parts);
  metrics.watchBans(() => bans.list().length);
  const conduct = new Conduct(settings, () => ownNamesOf(settings()).ownAddresses, bans, clock);
  const tarpit = new Tarpit();
  return {
    bans,
    counts: conduct,
    guard: (hooks) => guarded(hooks, { ...parts, conduct, tarpit }),
    reload: () => conduct.reload(),
    async close() {
      tarpit.close();
      await bans.close();
    },
  };
}

/** Kept here, told to the partners and to the operator. */
function openSharedBans({ directory, keeps, topics, clock, log }: SentryParts): Bans {
  const bans = openBans({
    path: join(directory, 'conduct', 'bans.journal'),
    keeps,
    clock,
    onFault: (error) => log.error('bans.journal-fault', { err: error }),
  });
  const topic = topics.add({ name: 'bans', look: bans.look, all: bans.all, take: bans.take });
  bans.onChange(({ network, until, by, reason }, decided) => {
    if (decided === 'worker') return; // it says so itself
    if (decided === 'here') topic.tell(network);
    const fields = { network, until: new Date(until).toISOString(), by, reason, decided };
    if (until > clock.now()) log.warn('client.banned', fields);
    else log.info('client.ban-lifted', fields);
  });
  return bans;
}

interface Watch extends Pick<SentryParts, 'settings' | 'log' | 'metrics'> {
  readonly conduct: Conduct;
  readonly tarpit: Tarpit;
}

function guarded(hooks: SessionHooks, watch: Watch): SessionHooks {
  const { conduct, tarpit, metrics } = watch;
  const guests = new WeakMap<Session, Guest | null>();
  const guestOf = (session: Session): Guest | null => {
    let guest = guests.get(session);
    if (guest === undefined) guests.set(session, (guest = conduct.guest(session.client.address)));
    return guest;
  };
  return {
    ...hooks,
    admit(session) {
      const guest = guestOf(session);
      const banned = guest && banOf(guest, watch);
      if (banned) return banned;
      const refusal = guest && conduct.connects(guest);
      if (!refusal) return hooks.admit?.(session) ?? null;
      metrics.limited('connections');
      return refusal;
    },
    mail(envelope, declaredBytes, session) {
      const guest = guestOf(session);
      const banned = guest && banOf(guest, watch);
      if (banned) return banned;
      const refusal = guest && conduct.sends(guest, envelope.reversePath);
      return refusal
        ? over('messages', refusal, session, watch)
        : hooks.mail(envelope, declaredBytes, session);
    },
    rcpt(recipient, envelope, session) {
      const guest = guestOf(session);
      if (!guest) return hooks.rcpt(recipient, envelope, session);
      const banned = banOf(guest, watch);
      if (banned) return banned;
      const refusal = conduct.addresses(guest);
      if (refusal) return over('recipients', refusal, session, watch);
      const see = (reply: Reply): Reply | Promise<Reply> =>
        reply.enhanced === replies.unknownRecipient.enhanced
          ? afterUnknown(reply, envelope.reversePath, guest, session, watch)
          : reply;
      const reply = hooks.rcpt(recipient, envelope, session);
      return reply instanceof Promise ? reply.then(see) : see(reply);
    },
    delivered(session) {
      hooks.delivered?.(session);
      const guest = guestOf(session);
      if (guest) conduct.delivered(guest);
    },
    closed(session) {
      tarpit.release(session);
      hooks.closed(session);
    },
  };
}

function banOf(guest: Guest, { conduct, metrics }: Watch): Reply | null {
  const ban = conduct.ban(guest);
  if (!ban) return null;
  metrics.limited('ban');
  return replies.banned(
    why[ban.by],
    `${new Date(ban.until).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  );
}

const why: Record<Ban['by'], string> = {
  harvest: 'it asked for too many mailboxes that do not exist',
  operator: 'so its operator decided',
};

/** What is refused when a client connects is logged where all refused sessions are. */
function over(
  what: 'messages' | 'recipients',
  reply: Reply,
  { id, client }: Session,
  { metrics, log }: Watch,
): Reply {
  metrics.limited(what);
  log.info('client.limited', { session: id, client: client.address, reply });
  return reply;
}

function afterUnknown(
  reply: Reply,
  reversePath: string,
  guest: Guest,
  session: Session,
  watch: Watch,
): Reply | Promise<Reply> {
  const { conduct, tarpit, metrics, settings } = watch;
  const follows = conduct.asksForUnknown(guest, reversePath);
  if (follows === 'ban') return banOf(guest, watch) ?? reply;
  const { tarpitMs, tarpitSessions } = settings().harvest;
  if (follows === 'pass' || tarpitMs === 0 || !tarpit.mayHold(session, tarpitSessions)) return reply;
  metrics.limited('tarpit');
  return tarpit.hold(session, tarpitMs).then(() => reply);
}
