/**
 * What a connection costs that says nothing after EHLO, in memory of the candidate's processes. The candidate is started
 * afresh for each round, has some sessions to warm up, and then as many as it is asked to keep. The kernel's memory
 * for a connection is not in it: it is the same for all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Candidate } from './candidate.ts';
import type { Effort } from './compare.ts';
import { atEnd } from './endings.ts';
import { Conversation } from './load/conversation.ts';
import type { ProcessMemory } from './process-tree.ts';
import type { IdleResult } from './result.ts';
import { scenario } from './scenarios.ts';
import { openStand } from './stand.ts';
import { medianOf } from './statistics.ts';
import { inTurns } from './turns.ts';

const WARM_UP = 300;
/** For what is done after the last EHLO. */
const SETTLE_MS = 2_000;
const IDLE_ROUNDS = 3;
/** Files that generator and candidates have open besides. */
const OTHER_FILES = 500;

/** About what `measureIdle` takes. */
export const estimateIdleSeconds = (candidates: number): number => IDLE_ROUNDS * candidates * 12;

interface Growth {
  readonly shareBytes: number;
  readonly anonymousBytes: number;
  readonly totalBytes: number;
}

export async function measureIdle(candidates: readonly Candidate[], effort: Effort): Promise<IdleResult[]> {
  const contenders = candidates.map((candidate) => ({ candidate, growths: [] as Growth[] }));
  await inTurns(contenders, { ...effort, rounds: IDLE_ROUNDS }, async ({ candidate, growths }) => {
    const growth = await growthOf(candidate);
    growths.push(growth);
    return `${candidate.name} ${(growth.shareBytes / 1024).toFixed(1)} KB a connection`;
  });
  return contenders.map(({ candidate, growths }) => ({
    name: candidate.name,
    isReference: candidate.isReference,
    connections: connectionsOf(candidate),
    bytesPerConnection: medianOf(growths.map(({ shareBytes }) => shareBytes)),
    anonymousBytesPerConnection: medianOf(growths.map(({ anonymousBytes }) => anonymousBytes)),
    totalBytes: medianOf(growths.map(({ totalBytes }) => totalBytes)),
  }));
}

/** As many as it is asked to keep, if one process may have so many files open. */
const connectionsOf = ({ idleConnections }: Candidate): number =>
  Math.min(idleConnections, mostOpenFiles() - OTHER_FILES);

/** Node and Postfix raise their limit to the hard one by themselves. */
function mostOpenFiles(): number {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === undefined ? Infinity : Number(hard);
}

async function growthOf(candidate: Candidate): Promise<Growth> {
  const connections = connectionsOf(candidate);
  const stand = await openStand({ candidate, scenario: scenario(candidate.kind), connections });
  const { running } = stand;
  try {
    await warmUp(running.port);
    await pause(SETTLE_MS);
    const before = sumOf(running.memory());
    const clients = await openClients(running.port, connections);
    await pause(SETTLE_MS);
    const after = sumOf(running.memory());
    await clients.close();
    return {
      shareBytes: (after.shareBytes - before.shareBytes) / connections,
      anonymousBytes: (after.anonymousBytes - before.anonymousBytes) / connections,
      totalBytes: after.shareBytes,
    };
  } catch (error) {
    const said = `${(error as Error).message}. It said:\n${running.lastWords()}`;
    throw new Error(`${candidate.name}: ${said}`, { cause: error });
  } finally {
    await stand.close();
  }
}

/** One after the other: Postfix would keep the processes of those that came together, and use them again. */
async function warmUp(port: number): Promise<void> {
  for (let session = 0; session < WARM_UP; session += 1) {
    const conversation = await Conversation.open({ host: '127.0.0.1', port });
    await conversation.hello();
    await conversation.quit();
  }
}

const sumOf = (all: readonly ProcessMemory[]): Omit<Growth, 'totalBytes'> => ({
  shareBytes: all.reduce((sum, { shareBytes }) => sum + shareBytes, 0),
  anonymousBytes: all.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0),
});

interface IdleClients {
  /** @throws when one of them was ended before */
  close(): Promise<void>;
}

async function openClients(port: number, count: number): Promise<IdleClients> {
  const words = [join(import.meta.dirname, 'load/idle-clients.ts'), '127.0.0.1', String(port), String(count)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const forget = atEnd(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const failure = async (): Promise<never> => {
    await ended;
    throw new Error(`not all of ${count} connections are open: ${said.slice(0, 500)}`);
  };
  await Promise.race([once(child.stdout, 'data'), failure()]);
  return {
    async close() {
      child.stdin.end();
      const [code] = await ended;
      await forget();
      if (code !== 0) await failure();
    },
  };
}
