/**
 * What the bench compares: a program that takes mail on a loopback port and gives it to the sink. A new one is a file
 * in candidates/ and a line in candidates/all.ts.
 */
import type { JudgedWorld } from './judged-world.ts';
import type { ProcessMemory } from './process-tree.ts';

/**
 * - relay: the sink has the message before the client's 250
 * - queue: on disk before the 250, then to the sink
 * - judged: by SPF, DKIM, DMARC and a trained Bayesian classifier, then to the sink in whatever way
 */
export const kinds = ['relay', 'queue', 'judged'] as const;
export type Kind = (typeof kinds)[number];

export interface Candidate {
  readonly name: string;
  readonly kind: Kind;
  /** Others of its kind are compared with it. */
  readonly isReference: boolean;
  /** It writes a CPU profile when told to. */
  readonly isNode: boolean;
  /** Where its recipients live: a domain that it takes mail for. */
  readonly recipient: string;
  /** How many idle connections it is asked to keep, of the kind relay. */
  readonly idleConnections: number;
  version(): string;
  /** Why it cannot run here, with the fix; null when it can. */
  obstacle(): string | null;
  /** @throws with what it said when it does not come up */
  start(place: Place): Promise<RunningCandidate>;
}

export interface Place {
  /** An empty directory of its own, removed by the caller. */
  readonly directory: string;
  readonly sinkPort: number;
  /** Where it listens. */
  readonly host: string;
  /** What judging needs; null for the other kinds. */
  readonly world: JudgedWorld | null;
  /** Offered by STARTTLS; null where the load is plain text. */
  readonly certificate: CertificateFiles | null;
  /** So many clients may be connected at a time, all of them from loopback addresses. */
  readonly connections: number;
  /** Words to put before the command: a tracer. */
  readonly under: readonly string[];
  /** Node writes a CPU profile named `cpuprofile` here when it ends; null for none. */
  readonly profileDirectory: string | null;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface RunningCandidate {
  readonly port: number;
  /**
   * Of the kind judged: what the last message was judged by, in its own words.
   * @throws when something is missing
   */
  judgedBy?(): Promise<string>;
  /** CPU time that its processes have used since they started, user and system, the ended ones included. */
  cpuMs(): number;
  memory(): readonly ProcessMemory[];
  /** What it said last, for the message of a failure. */
  lastWords(): string;
  /** Ends every process that it started. */
  stop(): Promise<void>;
}
