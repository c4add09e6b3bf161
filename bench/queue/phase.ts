/** What a process has in memory during a phase. In MB of 2^20 octets. */
import { writeFileSync } from 'node:fs';
import { watchMemory } from '../../test/interop/memory.ts';

export interface Phase {
  /** VmHWM: the most at any moment of the phase. */
  readonly peak: number;
  /** VmRSS, the median of the samples. */
  readonly resident: number;
  /** RssAnon, the most that was sampled. */
  readonly own: number;
  /** RssFile, the most that was sampled: Node's own file and pages of the spool. */
  readonly mapped: number;
}

/** Begins a phase: the system counts the peak anew. */
export function beginPhase(pid: number): () => Phase {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const watch = watchMemory(pid);
  return () => {
    const { peak, median, most } = watch.end();
    return { peak, resident: median.VmRSS, own: most.RssAnon, mapped: most.RssFile };
  };
}
