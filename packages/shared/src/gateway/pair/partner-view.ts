/**
 * What is known of the other gateways of the pair, as the rest of the gateway sees it. Types only.
 * Without a secret (`pair.secretFile`) there are no heartbeats, and no partners to see.
 */
import type { Load } from './load.ts';
import type { RoleName } from '../../platform/values/role-name.ts';

/** What a gateway says about its own capacity in every heartbeat. */
export interface Capacity {
  readonly load: Load;
  /** What is left for new sessions, 0 to 1. */
  readonly headroom: number;
  /** It sends strangers to its partner. */
  readonly sheds: boolean;
  /** What it can take, in messages a second. Absent while it does not know, and in a version before. */
  readonly messagesPerSecond?: number;
  /** Messages a second that each node that sheds may send to it. Absent likewise. */
  readonly grant?: number;
}

/**
 * - `unknown`: nothing heard since this process started
 * - `alive`: beats arrive
 * - `suspect`: a beat was missed, or it is back but for too short a time to rely on
 * - `dead`: no good beat for `pair.deadAfter`
 */
export type PartnerState = 'unknown' | 'alive' | 'suspect' | 'dead';

export interface PartnerView {
  readonly role: RoleName;
  /** Name of the node. */
  readonly node: string;
  readonly state: PartnerState;
  /** It is to have no new clients, because it is shutting down or the operator drains it. */
  readonly draining: boolean;
  /** As of the last beat; null before the first. */
  readonly load: Load | null;
  /** 0 before the first beat. */
  readonly headroom: number;
  readonly sheds: boolean;
  /** What it can take; null while it does not say. */
  readonly messagesPerSecond: number | null;
  /** Messages a second that each node that sheds may send to it; null while it does not say. */
  readonly grant: number | null;
  /** When each local server last answered it, by our clock. Those that fail there, or that it never tried, are absent. */
  readonly answered: Readonly<Record<string, number>>;
  readonly freeDiskBytes: number | null;
  readonly version: string | null;
  readonly lastBeatAt: number | null;
  /** How far its clock is ahead of ours; null before the first beat. */
  readonly skewMs: number | null;
  /** Keys of the configuration that are different there, `smtp.maxMessage`. */
  readonly configDifferences: readonly string[];
  /** Why the last beat got no good answer; null when it did. */
  readonly fault: string | null;
}

export interface Partners {
  /** All other nodes, of both roles; empty without a secret. */
  list(): readonly PartnerView[];
  /** The nodes of the other role: those that strangers may be sent to. None when both roles have one public address. */
  others(): readonly PartnerView[];
  /** Those that a load balancer may send clients to: the other nodes of this role, or of both roles behind one public address. */
  siblings(): readonly PartnerView[];
}
