/**
 * Pressure stall information of the host (Linux, /proc/pressure): the share of the last ten seconds in which some task
 * waited for CPU, disk or memory. Hosts and containers without it tell nothing, and nothing is logged about that.
 */
import { readFileSync } from 'node:fs';

export interface Pressure {
  readonly cpuPressure: number | undefined;
  readonly ioPressure: number | undefined;
  readonly memoryPressure: number | undefined;
}

/** A reader that does not ask again for a file that was not there. */
export function createPressureReader(directory = '/proc/pressure'): () => Pressure {
  const missing = new Set<string>();
  const read = (name: string): number | undefined => {
    if (missing.has(name)) return undefined;
    try {
      // Of other encodings Node reads a file of unknown size into a fresh buffer of 64 KB.
      return parsePressure(readFileSync(`${directory}/${name}`, 'utf8'));
    } catch {
      missing.add(name);
      return undefined;
    }
  };
  return () => ({ cpuPressure: read('cpu'), ioPressure: read('io'), memoryPressure: read('memory') });
}

/** `some avg10=15.80 avg60=…` → 0.158 */
export function parsePressure(text: string): number | undefined {
  const found = /^some avg10=(\d+(?:\.\d+)?)/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found) / 100;
}
