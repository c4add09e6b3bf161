/** What `mailpair status` knows of one gateway, and what is wrong with it. Types only. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type GatewayStatus = Answer<'status', 'show'>;
export type NextHopTotals = Answer<'status', 'nextHops'>['nextHops'][number];

/**
 * - `running`: asked, and all is known
 * - `alive`: it answers, but not who asks from this host
 * - `stopped`: the queue was read from its spool
 * - `unreachable`: no spool on this host, and no answer
 */
export type State = 'running' | 'alive' | 'stopped' | 'unreachable';

export interface Report {
  readonly role: RoleName;
  readonly host: string;
  readonly state: State;
  /** Absent unless running or stopped. */
  readonly status?: GatewayStatus;
  readonly nextHops?: readonly NextHopTotals[];
  /** Why a gateway elsewhere could not be asked. */
  readonly reason?: string;
}

/**
 * - `critical`: mail stops
 * - `error`: some mail waits, or what protects it does not work
 * - `notice`: worth knowing; no fault
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
