/**
 * accept → conduct: who is heard at the listeners for mail from the internet, by what the client did before. Stands before
 * all else, so that nothing is looked up for a client that is banned or comes too often. The decisions are
 * conduct/conduct.ts; here they are asked for, carried out and told.
 *
 * A banned client is refused when it connects, postmaster or not (RFC 5321 §4.5.1 allows that against attacks), and with a
 * temporary code: what comes from there by mistake is not lost.
 */
import { join } from 'node:path';
import type { SessionHooks } from './accept/listener.ts';
import { openBans, type Bans } from './conduct/bans.ts';
import { Conduct, type Guest } from './conduct/conduct.ts';
import { Tarpit } from './conduct/tarpit.ts';
import type { Topics } from './pair/topics.ts';
import type { Clock } from './system/clock.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { Settings } from './system/settings.ts';
import type { Ban } from './conduct/ban.ts';
import { isPositive, replies, type Reply } from './values/reply.ts';
import type { Session } from './values/session.ts';

export interface SentryParts {
  settings(): Settings;
  /** The spool's. */
  readonly directory: string;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'limited' | 'watchBans'>;
}

export interface Sentry {
  /** Sessions of mail from the internet, as far as their clients are to be heard. */
  guard(hooks: SessionHooks): SessionHooks;
  readonly bans: Bans;
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

export function openSentry({ settings, directory, topics, clock, log, metrics }: SentryParts): Sentry {
  const bans = openBans({
    path: join(directory, 'conduct', 'bans.journal'),
    clock,
    onFault: (error) => log.error('bans.journal-fault', { err: error }),
  });
  const topic = topics.add({ name: 'bans', look: bans.look, all: bans.all, take: bans.take });
  bans.onChange((ban, by) => {
    if (by === 'here') topic.tell(ban.network);
    tellOf(ban, by);
  });
  metrics.watchBans(() => bans.list().length);
  const conduct = new Conduct(settings, () => addressesOf(settings()), bans, clock);
  const tarpit = new Tarpit();
  const guests = new WeakMap<Session, Guest | null>();

  function tellOf({ network, until, by: whose, reason }: Ban, by: 'here' | 'partner'): void {
    const fields = { network, until: new Date(until).toISOString(), by: whose, reason, decided: by };
    if (until > clock.now()) log.warn('client.banned', fields);
    else log.info('client.ban-lifted', fields);
  }

  function guestOf(session: Session): Guest | null {
    let guest = guests.get(session);
    if (guest === undefined) guests.set(session, (guest = conduct.guest(session.client.address)));
    return guest;
  }

  function bannedReply(guest: Guest): Reply | null {
    const ban = conduct.ban(guest);
    if (!ban) return null;
    metrics.limited('ban');
    return replies.banned(
      why[ban.by],
      `${new Date(ban.until).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    );
  }

  /** What is over the limit is told, as it is of no use to the client's operator alone. */
  function note(what: 'messages' | 'recipients', reply: Reply, { id, client }: Session): Reply {
    metrics.limited(what);
    log.info('client.limited', { session: id, client: client.address, reply });
    return reply;
  }

  function afterUnknown(
    reply: Reply,
    reversePath: string,
    guest: Guest,
    session: Session,
  ): Reply | Promise<Reply> {
    const follows = conduct.asksForUnknown(guest, reversePath);
    if (follows === 'ban') return bannedReply(guest) ?? reply;
    const { tarpitMs, tarpitSessions } = settings().harvest;
    if (follows === 'pass' || !tarpit.mayHold(session, tarpitSessions) || tarpitMs === 0) return reply;
    metrics.limited('tarpit');
    return tarpit.hold(session, tarpitMs).then(() => reply);
  }

  return {
    bans,
    guard: (hooks) => ({
      ...hooks,
      admit(session) {
        const guest = guestOf(session);
        const banned = guest && bannedReply(guest);
        if (banned) return banned;
        const refusal = guest && conduct.connects(guest);
        if (!refusal) return hooks.admit?.(session) ?? null;
        metrics.limited('connections');
        return refusal;
      },
      mail(envelope, declaredBytes, session) {
        const guest = guestOf(session);
        const banned = guest && bannedReply(guest);
        if (banned) return banned;
        const refusal = guest && conduct.sends(guest, envelope.reversePath);
        return refusal ? note('messages', refusal, session) : hooks.mail(envelope, declaredBytes, session);
      },
      rcpt(recipient, envelope, session) {
        const guest = guestOf(session);
        if (!guest) return hooks.rcpt(recipient, envelope, session);
        const banned = bannedReply(guest);
        if (banned) return banned;
        const refusal = conduct.addresses(guest);
        if (refusal) return note('recipients', refusal, session);
        const see = (reply: Reply): Reply | Promise<Reply> =>
          reply.enhanced === replies.unknownRecipient.enhanced
            ? afterUnknown(reply, envelope.reversePath, guest, session)
            : reply;
        const reply = hooks.rcpt(recipient, envelope, session);
        return reply instanceof Promise ? reply.then(see) : see(reply);
      },
      message: (envelope, body, session) =>
        hooks.message(envelope, body, session).then((reply) => {
          const guest = guestOf(session);
          if (guest && isPositive(reply)) conduct.delivered(guest);
          return reply;
        }),
      closed(session) {
        tarpit.release(session);
        hooks.closed(session);
      },
    }),
    reload: () => conduct.reload(),
    async close() {
      tarpit.close();
      await bans.close();
    },
  };
}

const why: Record<Ban['by'], string> = {
  harvest: 'it asked for too many mailboxes that do not exist',
  operator: 'so its operator decided',
};

const addressesOf = ({ inbound, outbound }: Settings): string[] =>
  [inbound, outbound].flatMap(({ addresses, sourceAddresses, nodes }) => [
    ...addresses,
    ...sourceAddresses,
    ...nodes.flatMap((node) => node.addresses),
  ]);
