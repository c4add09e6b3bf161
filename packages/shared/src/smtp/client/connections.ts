/**
 * Hands messages to next hops, over sessions that are kept and used again.
 *
 * `send` gives every recipient an outcome and never rejects for what the network or a host does. Hosts are tried in
 * the order given: the next one when there is no session with a host or it breaks, and for the recipients that a
 * host deferred; at most two hosts that took part in a session, and five addresses, in one attempt (RFC 5321 §5.1).
 * Recipients relayed or bounced are settled. So are those, for this attempt, whose message may have arrived although
 * the host did not say so. A kept session that turns out to be of no use is no word from the host: the same is said
 * again on a fresh one, never more than once, and never after the final dot.
 */
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { beginAttempt, holdSession, isOver, type AttemptOptions } from './host-session.ts';
import { ChunkingHosts } from './chunking-hosts.ts';
import { createOpenHop } from './open-hop.ts';
import type { Outgoing } from './outgoing.ts';
import { Pool, type HopState } from './pool.ts';
import { askAbout } from './probe.ts';
import { requiringTls } from './tls-level.ts';
import { Told } from './told.ts';
import { notBegun, transact } from './transaction.ts';

export interface ConnectionsParts {
  /** Our name in EHLO. */
  readonly localName: string;
  readonly settings: Settings['send'];
  /** The addresses of a host, best first. It may reject, with NoAddress where there is more to say. */
  addressesOf(hop: NextHop): Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Addresses of this machine to connect from, at most one of each family. */
  readonly sources?: readonly string[];
  /** Certificate authorities to trust instead of the system's, PEM. */
  readonly ca?: string;
  readonly log?: Pick<Log, 'debug' | 'warn'>;
}

export interface SendOptions extends AttemptOptions {
  /**
   * Asked before a message is sent to some of its recipients only, with a reply for each; false: to none, then.
   * Not asked again once some have it.
   */
  readonly proceed?: (replies: readonly Reply[]) => boolean | Promise<boolean>;
  /** Asked before a transaction begins; false: it does not, and `replies.notBegun` is what its recipients are told. */
  readonly mayBegin?: () => boolean;
  /** The operator named these hosts: a message may go by BDAT, where send.chunking has it so. */
  readonly isNamed?: boolean;
}

export interface Connections {
  /** One outcome for each recipient, in their order. */
  send(hops: readonly NextHop[], outgoing: Outgoing, options?: SendOptions): Promise<Outcome[]>;
  /** Call-forward: what the first host that can be asked says to RCPT; null when none can. */
  probe(
    hops: readonly NextHop[],
    reversePath: string,
    recipient: string,
    options?: AttemptOptions,
  ): Promise<Reply | null>;
  state(): HopState[];
  /** Lets what is under way finish and says QUIT everywhere. Whoever comes later is deferred. Never rejects. */
  close(): Promise<void>;
}

export function createConnections(parts: ConnectionsParts): Connections {
  const { settings } = parts;
  const timeouts = {
    connectMs: settings.connectTimeoutMs,
    commandMs: settings.commandTimeoutMs,
    messageMs: settings.messageTimeoutMs,
  };
  const pool = new Pool(settings, createOpenHop({ ...parts, timeouts, now: () => parts.now() }));
  const chunkingHosts = new ChunkingHosts(
    () => parts.now(),
    ({ hop, address }, reason) => parts.log?.warn('send.no-chunking', { host: hop.host, address, reason }),
  );

  return {
    async send(hops, outgoing, options = {}) {
      const attempt = beginAttempt(options);
      const told = new Told(outgoing);
      const chunking = options.isNamed && settings.chunking === 'auto' ? chunkingHosts : undefined;
      for (const hop of hops) {
        if (!told.anyOpen || isOver(attempt)) break;
        const session = await holdSession(
          pool,
          outgoing.requireTls ? requiringTls(hop) : hop,
          attempt,
          (connection) =>
            options.mayBegin?.() === false
              ? notBegun(told.rest())
              : transact(connection, told.rest(), { timeouts, chunking, ...told.consent(options.proceed) }),
        );
        if (session.kind === 'none') {
          told.unreached(session.fault);
        } else {
          told.heard(session.connection, session.ended.recipients);
          if (session.ended.abandoned || session.ended.localFault) break;
        }
      }
      return told.outcomes();
    },

    async probe(hops, reversePath, recipient, options = {}) {
      const attempt = beginAttempt(options);
      for (const hop of hops) {
        if (isOver(attempt)) break;
        const session = await holdSession(pool, hop, attempt, (connection) =>
          askAbout(connection, reversePath, recipient, timeouts.commandMs),
        );
        if (session.kind === 'none') continue;
        const { reply, said, fault } = session.ended;
        if (reply) return reply;
        if (said && !fault) options.onHop?.refusedMail?.(hop, said);
      }
      return null;
    },

    state: () => pool.state(),
    close: () => pool.close(),
  };
}
