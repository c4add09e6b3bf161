/** What the load of a gateway is measured by. */
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { LoadSources } from '../pair/load-meter.ts';
import type { SubmissionWait } from '../pair/submission-wait.ts';
import type { CommitWatch } from '../../spool/store/commit-watch.ts';
import type { LocalServerState } from '../../smtp/route/local-server-state.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { freeBytes } from '../../platform/files/disk.ts';
import type { MemoryWatch } from '../../platform/resources/memory-watch.ts';
import type { Settings } from '../../config/settings.ts';

export interface LoadSourceParts {
  settings(): Settings;
  /** Open sessions, of all workers. */
  sessions(): number;
  readonly others?: LoadSources['others'];
  readonly memory: Pick<MemoryWatch, 'measure' | 'share'>;
  /** Share of the files that this process may have open. */
  descriptorsUsed(): number;
  readonly commits: CommitWatch;
  readonly submissionWait: SubmissionWait;
  readonly dispatcher: Pick<Dispatcher, 'oldestDueAt'>;
  /** The local servers as they are now. */
  reach(): readonly LocalServerState[];
  /** Directory of the spool. */
  readonly directory: string;
  readonly clock: Clock;
}

export function loadSources(parts: LoadSourceParts): LoadSources {
  const { settings, memory, commits, submissionWait, dispatcher, reach, directory, clock } = parts;
  return {
    ...(parts.others && { others: parts.others }),
    sessions: () => parts.sessions() / settings().limits.connections,
    memoryUsed() {
      memory.measure();
      return memory.share;
    },
    descriptorsUsed: () => parts.descriptorsUsed(),
    slowestCommitMs: () => commits.takeSlowestMs(),
    submissions: () => ({ waitMs: submissionWait.medianMs(), fullMs: settings().load.submissionWaitMs }),
    // What is being attempted, or could not be, is not waiting for us, however long it takes.
    oldestDueMs: () => Math.max(0, clock.now() - dispatcher.oldestDueAt(false)),
    freeBytes: () => freeBytes(directory),
    minFreeBytes: () => settings().queue.minFreeBytes,
    localServers: () => stateOf(reach(), settings()),
  };
}

/** Servers that were never tried do not count. */
function stateOf(
  all: readonly LocalServerState[],
  { send }: Settings,
): ReturnType<LoadSources['localServers']> {
  const states = all.filter(({ status }) => status !== 'untried');
  const up = states.filter(({ status }) => status === 'up' || status === 'aside');
  return {
    down: states.length === 0 ? 0 : 1 - up.length / states.length,
    latencyMs: up.length === 0 ? 0 : up.reduce((sum, { latencyMs = 0 }) => sum + latencyMs, 0) / up.length,
    patienceMs: send.relayTimeoutMs,
  };
}
