/** The report of `mailpair status` on one gateway, and its faults. Types only. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type GatewayStatus = Answer<'status', 'show'>;
export type NextHopTotals = Answer<'status', 'nextHops'>['nextHops'][number];

/**
 * - `running`: the gateway has reported its status.
 * - `alive`: the gateway responds but does not accept requests from this host.
 * - `stopped`: the queue was read from its spool.
 * - `unreachable`: the spool is not on this host, and the gateway does not respond.
 */
export type State = 'running' | 'alive' | 'stopped' | 'unreachable';

export interface Report {
  readonly role: RoleName;
  readonly host: string;
  readonly state: State;
  /** Present only if the state is `running` or `stopped`. */
  readonly status?: GatewayStatus;
  readonly nextHops?: readonly NextHopTotals[];
  /** Why a remote gateway could not be queried. */
  readonly reason?: string;
}

/**
 * - `critical`: mail stops.
 * - `error`: some mail waits, or a protection does not work.
 * - `notice`: information; not a fault.
 */
export type Severity = 'critical' | 'error' | 'notice';

export interface Fault {
  readonly severity: Severity;
  readonly role: RoleName;
  readonly host: string;
  readonly text: string;
  readonly fix: string;
}

export type Trouble = Pick<Fault, 'severity' | 'text' | 'fix'>;
