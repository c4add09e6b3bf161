/** What a run of the bench found, as it is kept in results/latest.json: the figures that the tables and the chart show. */
import type { Kind } from './candidate.ts';
import type { Machine } from './machine.ts';
import type { Spread } from './statistics.ts';

export interface Result {
  readonly measuredAt: string;
  /** Short rounds and few of them: good for a look, not for a claim. */
  readonly isQuick: boolean;
  readonly machine: Machine;
  /** Of the candidates. */
  readonly versions: readonly string[];
  readonly generator: string;
  readonly sink: string;
  readonly scenarios: readonly ScenarioResult[];
  readonly accepts: readonly AcceptResult[];
  readonly idle: readonly IdleResult[];
  /** What a reader must know: who could not run, what disturbed. */
  readonly notes: readonly string[];
}

export interface Scenario {
  readonly kind: Kind;
  readonly sizeBytes: number;
  /** Sessions at the same time. */
  readonly sessions: number;
  /** Used again and again, or a new one for each message. */
  readonly connections: 'kept' | 'new';
  /** TLS 1.3 by STARTTLS, always with a full handshake. */
  readonly tls: boolean;
}

export interface ScenarioResult extends Scenario {
  readonly candidates: readonly CandidateResult[];
}

export interface CandidateResult {
  readonly name: string;
  readonly isReference: boolean;
  /** The number of rounds that the next two figures are made of. */
  readonly rounds: number;
  readonly cpuMsPerMessage: Spread;
  /** The median. */
  readonly messagesPerSecond: number;
  /** Null where not counted: relays, and machines without strace. */
  readonly syncsPerMessage: number | null;
  readonly memory: MemoryOfProcesses;
}

export interface MemoryOfProcesses {
  readonly processes: number;
  /** The most that one process ever had resident, shared pages included. */
  readonly largestBytes: number;
  /** What all have after the last round, each shared page counted once. */
  readonly totalBytes: number;
}

export interface Round {
  readonly messages: number;
  /** Until the generator had its last 250; without its start where it takes the time itself. */
  readonly acceptSeconds: number;
  /** Until the sink had the last message. */
  readonly seconds: number;
  /** From the start until the candidate had come to rest. */
  readonly cpuMs: number;
  /** Of each message, from its first octet to its 250; only where the generator was asked for it. */
  readonly accept?: Quantiles;
}

export interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How long clients wait for the 250 of a message, by how many there are. */
export interface AcceptResult {
  readonly kind: Kind;
  readonly name: string;
  readonly isReference: boolean;
  readonly sizeBytes: number;
  readonly sessions: number;
  /** Medians over the rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The median over the rounds, until the last 250. */
  readonly messagesPerSecond: number;
  /** Null where not counted. */
  readonly syncsPerMessage: number | null;
}

/** What connections cost that say nothing after EHLO. */
export interface IdleResult {
  readonly name: string;
  readonly isReference: boolean;
  readonly connections: number;
  /** Medians over fresh starts. What all processes grew by, each shared page counted once (Pss). */
  readonly bytesPerConnection: number;
  /** The part of it that is private and in no file. */
  readonly anonymousBytesPerConnection: number;
  /** With all connections open. */
  readonly totalBytes: number;
}
