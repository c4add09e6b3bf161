/** One attempt to reach hosts: what it may cost, how each host is conversed with, and what is told about it. */
import type { NextHop } from '../../platform/values/next-hop.ts';
import type { Reply } from '../../platform/values/reply.ts';
import type { Connection } from './connection.ts';
import { ConnectError, faultReply, hostFault, type HostFault } from './faults.ts';
import type { Budget } from './open-hop.ts';
import { WaitEnded, type Pool } from './pool.ts';

const MAX_SESSIONS = 2;
const MAX_ADDRESSES = 5;

/** What one attempt, at all its hosts, may still cost, and who is told how it goes. */
export interface Attempt {
  readonly budget: Budget;
  sessions: number;
  /** No session was to be had in time, or ever again: no other host would be reached either. */
  waitEnded: boolean;
  readonly deadlineAt: number;
  readonly onHop: HopEvents | undefined;
}

/** How a conversation ended, as far as session and host are concerned. */
interface Ended {
  readonly clean: boolean;
  readonly retryFresh: boolean;
  readonly fault?: HostFault | undefined;
  readonly localFault?: boolean;
}

export type Held<T> =
  | { readonly kind: 'held'; readonly connection: Connection; readonly ended: T }
  | { readonly kind: 'none'; readonly fault: HostFault };

/** How attempts at hosts go: `started`, at once, then exactly one of the others. */
export interface HopEvents {
  started(hop: NextHop): void;
  /** The host conversed, whatever it said about the message. */
  succeeded(hop: NextHop): void;
  failed(hop: NextHop, fault: HostFault): void;
  /** It refused the null reverse-path of a call-forward at MAIL. */
  refusedMail?(hop: NextHop, reply: Reply): void;
  /** It ended without a word about the host: no turn in time, shutting down, a fault on this side. */
  abandoned(hop: NextHop): void;
}

export interface AttemptOptions {
  /** For all of it. */
  readonly timeoutMs?: number;
  readonly onHop?: HopEvents;
}

export function beginAttempt({ timeoutMs, onHop }: AttemptOptions): Attempt {
  const deadlineAt = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
  return { budget: { addresses: MAX_ADDRESSES }, sessions: 0, waitEnded: false, deadlineAt, onHop };
}

export const isOver = ({ budget, sessions, waitEnded, deadlineAt }: Attempt): boolean =>
  waitEnded || sessions >= MAX_SESSIONS || budget.addresses <= 0 || performance.now() >= deadlineAt;

/**
 * A conversation with a host over a kept or fresh session, told to `onHop`. One that a kept session was of no use for
 * is held again on a fresh one, once.
 */
export async function holdSession<T extends Ended>(
  pool: Pool,
  hop: NextHop,
  attempt: Attempt,
  converse: (connection: Connection) => Promise<T>,
): Promise<Held<T>> {
  const { budget, deadlineAt, onHop } = attempt;
  onHop?.started(hop);
  let connection: Connection | undefined;
  let ended: T | undefined;
  try {
    const acquired = pool.acquire(hop, budget, deadlineAt);
    connection = acquired instanceof Promise ? await acquired : acquired;
    connection.wire.setDeadline(deadlineAt);
    ended = await converse(connection);
    if (ended.retryFresh && performance.now() < deadlineAt) {
      const stale = connection;
      connection = undefined;
      connection = await pool.reopen(stale, { addresses: Math.max(budget.addresses, 1) }, deadlineAt);
      connection.wire.setDeadline(deadlineAt);
      ended = await converse(connection);
    }
    attempt.sessions += 1;
    tell(onHop, hop, ended);
    return { kind: 'held', connection, ended };
  } catch (error) {
    attempt.waitEnded = error instanceof WaitEnded;
    const fault = faultOf(error, hop);
    if (fault && isWordAboutHost(error)) onHop?.failed(hop, fault);
    else onHop?.abandoned(hop);
    if (!fault) throw error;
    return { kind: 'none', fault };
  } finally {
    if (connection) pool.release(connection, ended?.clean ?? false);
  }
}

function tell(onHop: HopEvents | undefined, hop: NextHop, { fault, localFault }: Ended): void {
  if (fault) onHop?.failed(hop, fault);
  else if (localFault) onHop?.abandoned(hop);
  else onHop?.succeeded(hop);
}

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
