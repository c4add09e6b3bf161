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
import type { Log } from '../system/log.ts';
import type { Settings } from '../system/settings.ts';
import type { NextHop } from '../values/next-hop.ts';
import type { Outcome } from '../values/outcome.ts';
import type { Reply } from '../values/reply.ts';
import type { Connection } from './connection.ts';
import { ConnectError, faultReply, hostFault, type HostFault } from './faults.ts';
import { createOpenHop, type Budget } from './open-hop.ts';
import type { Outgoing } from './outgoing.ts';
import { Pool, WaitEnded, type HopState } from './pool.ts';
import { askAbout } from './probe.ts';
import { requiringTls } from './tls-level.ts';
import { Told } from './told.ts';
import { transact } from './transaction.ts';

export interface ConnectionsParts {
  /** Our name in EHLO. */
  readonly localName: string;
  readonly settings: Settings['send'];
  /** The addresses of a host, best first. May reject. */
  addressesOf(host: string): Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Certificate authorities to trust instead of the system's, PEM. */
  readonly ca?: string;
  readonly log?: Pick<Log, 'debug' | 'warn'>;
}

/** How attempts at hosts go: `started`, at once, then exactly one of the others. */
export interface HopEvents {
  started(hop: NextHop): void;
  /** The host conversed, whatever it said about the message. */
  succeeded(hop: NextHop): void;
  failed(hop: NextHop, fault: HostFault): void;
  /** It ended without a word about the host: no turn in time, shutting down, a fault on this side. */
  abandoned(hop: NextHop): void;
}

export interface SendOptions {
  /**
   * Asked before a message is sent to some of its recipients only, with a reply for each; false: to none, then.
   * Not asked again once some have it.
   */
  readonly proceed?: (replies: readonly Reply[]) => boolean | Promise<boolean>;
  /** For all of it; recipients without an outcome by then are deferred. */
  readonly timeoutMs?: number;
  readonly onHop?: HopEvents;
}

export interface Connections {
  /** One outcome for each recipient, in their order. */
  send(hops: readonly NextHop[], outgoing: Outgoing, options?: SendOptions): Promise<Outcome[]>;
  /** Call-forward: what the first host that can be asked says to RCPT; null when none can. */
  probe(
    hops: readonly NextHop[],
    reversePath: string,
    recipient: string,
    options?: Omit<SendOptions, 'proceed'>,
  ): Promise<Reply | null>;
  state(): HopState[];
  /** Lets what is under way finish and says QUIT everywhere. Whoever comes later is deferred. Never rejects. */
  close(): Promise<void>;
}

const MAX_SESSIONS = 2;
const MAX_ADDRESSES = 5;

/** What one attempt, at all its hosts, may still cost. */
interface Attempt {
  readonly budget: Budget;
  sessions: number;
  readonly deadlineAt: number;
  readonly onHop: HopEvents | undefined;
}

interface Ended {
  readonly clean: boolean;
  readonly retryFresh: boolean;
  readonly fault?: HostFault | undefined;
  readonly localFault?: boolean;
}

type Session<T> =
  | { readonly kind: 'held'; readonly connection: Connection; readonly ended: T }
  | { readonly kind: 'none'; readonly fault: HostFault };

export function createConnections(parts: ConnectionsParts): Connections {
  const { settings } = parts;
  const timeouts = {
    connectMs: settings.connectTimeoutMs,
    commandMs: settings.commandTimeoutMs,
    messageMs: settings.messageTimeoutMs,
  };
  const pool = new Pool(settings, createOpenHop({ ...parts, timeouts, now: () => parts.now() }));

  return {
    async send(hops, outgoing, options = {}) {
      const attempt = begin(options);
      const told = new Told(outgoing);
      for (const hop of hops) {
        if (!told.anyOpen || isOver(attempt)) break;
        const session = await holdSession(
          outgoing.requireTls ? requiringTls(hop) : hop,
          attempt,
          (connection) => transact(connection, told.rest(), { timeouts, ...told.consent(options.proceed) }),
        );
        if (session.kind === 'none') {
          told.unreached(session.fault.reply);
        } else {
          told.heard(session.connection, session.ended.recipients);
          if (session.ended.abandoned || session.ended.localFault) break;
        }
      }
      return told.outcomes();
    },

    async probe(hops, reversePath, recipient, options = {}) {
      const attempt = begin(options);
      for (const hop of hops) {
        if (isOver(attempt)) break;
        const session = await holdSession(hop, attempt, (connection) =>
          askAbout(connection, reversePath, recipient, timeouts.commandMs),
        );
        if (session.kind === 'held' && session.ended.reply) return session.ended.reply;
      }
      return null;
    },

    state: () => pool.state(),
    close: () => pool.close(),
  };

  /** Converses with a host over a kept or fresh session, and tells how it went. */
  async function holdSession<T extends Ended>(
    hop: NextHop,
    attempt: Attempt,
    converse: (connection: Connection) => Promise<T>,
  ): Promise<Session<T>> {
    const { budget, deadlineAt, onHop } = attempt;
    onHop?.started(hop);
    let connection: Connection | undefined;
    let ended: T | undefined;
    try {
      connection = await pool.acquire(hop, budget, deadlineAt);
      connection.wire.setDeadline(deadlineAt);
      ended = await converse(connection);
      if (ended.retryFresh && performance.now() < deadlineAt) {
        const stale = connection;
        parts.log?.debug('send.stale-session', { host: hop.host, reason: ended.fault?.reply.text });
        connection = undefined;
        connection = await pool.reopen(stale, { addresses: Math.max(budget.addresses, 1) }, deadlineAt);
        connection.wire.setDeadline(deadlineAt);
        ended = await converse(connection);
      }
      attempt.sessions += 1;
      if (ended.fault) onHop?.failed(hop, ended.fault);
      else if (ended.localFault) onHop?.abandoned(hop);
      else onHop?.succeeded(hop);
      return { kind: 'held', connection, ended };
    } catch (error) {
      const fault = faultOf(error, hop);
      if (fault && isWordAboutHost(error)) onHop?.failed(hop, fault);
      else onHop?.abandoned(hop);
      if (!fault) throw error;
      return { kind: 'none', fault };
    } finally {
      if (connection) pool.release(connection, ended?.clean ?? false);
    }
  }
}

function begin({ timeoutMs, onHop }: Pick<SendOptions, 'timeoutMs' | 'onHop'>): Attempt {
  const deadlineAt = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
  return { budget: { addresses: MAX_ADDRESSES }, sessions: 0, deadlineAt, onHop };
}

const isOver = ({ budget, sessions, deadlineAt }: Attempt): boolean =>
  sessions >= MAX_SESSIONS || budget.addresses <= 0 || performance.now() >= deadlineAt;

const isWordAboutHost = (error: unknown): boolean =>
  error instanceof ConnectError || (error instanceof WaitEnded && error.why === 'opening');

/** Undefined for what is no matter of the network. */
function faultOf(error: unknown, { host }: NextHop): HostFault | undefined {
  if (error instanceof ConnectError) return hostFault(error);
  if (!(error instanceof WaitEnded)) return undefined;
  const reply = (enhanced: string, text: string): Reply => ({ code: 451, enhanced, text });
  switch (error.why) {
    case 'opening':
      return { kind: 'timeout', reply: faultReply('timeout', `${host} did not begin a session in time`) };
    case 'busy':
      return {
        kind: 'timeout',
        reply: reply('4.4.5', `All sessions with ${host} were busy; see send.connectionsPerHop`),
      };
    case 'closing':
      return { kind: 'unavailable', reply: reply('4.3.2', 'This host is shutting down') };
  }
}
