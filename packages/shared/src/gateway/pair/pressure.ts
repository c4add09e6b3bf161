/**
 * Pressure stall information (Linux): the share of the last ten seconds in which some task waited for CPU, disk or memory. It is that
 * of the gateway's own control group. Where that tells none, CPU and disk are those of the host, and memory is unknown: that a
 * neighbour runs out of memory is no reason for a gateway to close its port. Nothing is logged about what is not told.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesBelow } from '../../platform/resources/group-memory.ts';

export interface Pressure {
  readonly cpuPressure: number | undefined;
  readonly ioPressure: number | undefined;
  readonly memoryPressure: number | undefined;
}

/**
 * A reader that does not ask again for a file that was not there.
 * @param root where `proc` is; another directory in tests
 */
export function createPressureReader(root = '/'): () => Pressure {
  const [own] = placesBelow(root).unified;
  // The root of the hierarchy has files of pressure too, which are those of the host.
  const isOwn = own !== undefined && existsSync(join(root, own, 'cgroup.type'));
  const ofGroup = (name: string): string[] => (isOwn ? [join(root, own, `${name}.pressure`)] : []);
  const ofHost = (name: string): string => join(root, 'proc/pressure', name);
  const cpu = firstOf([...ofGroup('cpu'), ofHost('cpu')]);
  const io = firstOf([...ofGroup('io'), ofHost('io')]);
  const memory = firstOf(ofGroup('memory'));
  return () => ({ cpuPressure: cpu(), ioPressure: io(), memoryPressure: memory() });
}

/** Reads the first of these files that is there. */
function firstOf(files: readonly string[]): () => number | undefined {
  let left = files;
  return () => {
    for (const file of left)
      try {
        // Of other encodings Node reads a file of unknown size into a fresh buffer of 64 KB.
        return parsePressure(readFileSync(file, 'utf8'));
      } catch {
        left = left.slice(1);
      }
    return undefined;
  };
}

/** `some avg10=15.80 avg60=…` → 0.158 */
export function parsePressure(text: string): number | undefined {
  const found = /^some avg10=(\d+(?:\.\d+)?)/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found) / 100;
}
