/** A candidate with a sink behind it, in a temporary directory of its own. */
import { join } from 'node:path';
import type { Candidate, Place, RunningCandidate } from './candidate.ts';
import { writeCertificate } from './certificate.ts';
import { temporaryDirectory } from './endings.ts';
import { openJudgedWorld } from './judged-world.ts';
import type { Load } from './load/generator.ts';
import { openSink } from './load/sink.ts';
import { OUTSIDE } from './outside-address.ts';
import { measureRound, messagesForRound } from './measure.ts';
import type { Round, Scenario } from './result.ts';

export interface Stand {
  readonly running: RunningCandidate;
  /** Sends so many messages through. */
  measure(messages: number, how?: Partial<Pick<Load, 'sessions' | 'isTimed'>>): Promise<Round>;
  /** Warms it up. @returns how many messages make a round of about so many seconds */
  warmUp(secondsPerRound: number, how?: Partial<Pick<Load, 'sessions'>>): Promise<number>;
  close(): Promise<void>;
}

export interface StandOptions {
  readonly candidate: Candidate;
  readonly scenario: Scenario;
  readonly under?: readonly string[];
  readonly profileDirectory?: string;
  /** The most at a time; as many as the sessions of the scenario when not given. */
  readonly connections?: number;
}

/** Every error of a stand begins with the name of its candidate. */
export async function openStand(options: StandOptions): Promise<Stand> {
  const { candidate, scenario, under = [], profileDirectory = null } = options;
  const directory = await temporaryDirectory();
  const named = (error: unknown): never => {
    throw new Error(`${candidate.name}: ${(error as Error).message}`, { cause: error });
  };
  const sink = await openSink(directory.path).catch(named);
  const world =
    scenario.kind === 'judged'
      ? await openJudgedWorld(directory.path, scenario.sizeBytes).catch(named)
      : null;
  const own = join(directory.path, 'own');
  const host = world ? OUTSIDE : '127.0.0.1';
  const place: Place = {
    directory: own,
    sinkPort: sink.port,
    host,
    world,
    certificate: scenario.tls ? await writeCertificate(directory.path).catch(named) : null,
    connections: options.connections ?? scenario.sessions,
    under,
    profileDirectory,
  };
  const running = await candidate.start(place).catch(named);
  const load: Omit<Load, 'messages'> = {
    ...scenario,
    host,
    recipient: candidate.recipient,
    messageFile: world?.messageFile ?? null,
    isTimed: false,
  };
  return {
    running,
    measure: (messages, how) => measureRound(running, sink, { ...load, ...how, messages }).catch(named),
    async warmUp(seconds, how) {
      const messages = await messagesForRound(running, sink, { ...load, ...how }, seconds).catch(named);
      await running.judgedBy?.().catch(named);
      return messages;
    },
    async close() {
      await running.stop();
      await world?.close();
      await sink.stop();
      await directory.remove();
    },
  };
}
