/** What a run of the bench found out, as it is kept in results/latest.json. */
import type { Kind } from './candidate.ts';
import type { Machine } from './machine.ts';
import type { ProcessMemory } from './process-tree.ts';
import type { Spread } from './statistics.ts';

export interface Result {
  readonly measuredAt: string;
  /** Short rounds and few of them: good for a look, not for a claim. */
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly generator: string;
  readonly sink: string;
  readonly scenarios: readonly ScenarioResult[];
  /** What a reader must know: who could not run, what disturbed. */
  readonly notes: readonly string[];
}

export interface Scenario {
  readonly kind: Kind;
  readonly sizeBytes: number;
  /** Connections that the generator keeps and uses again. */
  readonly sessions: number;
}

export interface ScenarioResult extends Scenario {
  readonly candidates: readonly CandidateResult[];
}

export interface CandidateResult {
  readonly name: string;
  readonly version: string;
  readonly isReference: boolean;
  readonly rounds: readonly Round[];
  /** Over the rounds. */
  readonly cpuMsPerMessage: Spread;
  readonly messagesPerSecond: Spread;
  /** Null where not counted: relays, and machines without strace. */
  readonly syncs: SyncCount | null;
  readonly processes: readonly ProcessMemory[];
}

export interface Round {
  readonly messages: number;
  /** Until the generator had its last 250. */
  readonly acceptSeconds: number;
  /** Until the sink had the last message. */
  readonly seconds: number;
  /** From the start until the candidate had come to rest. */
  readonly cpuMs: number;
}

export interface SyncCount {
  readonly messages: number;
  /** Times that the disk was asked to have everything before it went on, by system call. */
  readonly calls: Readonly<Record<string, number>>;
  readonly perMessage: number;
}
