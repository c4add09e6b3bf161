/** The figures of the lab that are kept, rounded, and the way to write them anew. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { capacityOf, runLab } from '@mailpair/proving/lab/lab';
import { usual } from './scenarios.ts';

export const tableFile = fileURLToPath(new URL('table.json', import.meta.url));
export const loads = [1.1, 1.5, 2.25] as const;
const scenario = { ...usual, minutes: 8, earlierMinutes: 30 };
const IDLE = 0.6;

const rowAt = (load: number) =>
  runLab('pair', {
    ...scenario,
    strangersPerSecond: load * capacityOf(scenario.inbound, scenario.messageMs),
  });
let idleP95Ms: number | undefined;

export function figuresOf(load: number): Record<string, number> {
  const { lost, perSecond, outboundShare, putOff, putOffMs, submissionMs } = rowAt(load);
  idleP95Ms ??= rowAt(IDLE).submissionMs.p95;
  return {
    lost,
    takenPerSecond: tenths(perSecond),
    outboundPercent: tenths(100 * outboundShare),
    allPutOffPercent: tenths(100 * putOff.all),
    movingPutOffPercent: tenths(100 * putOff.moving),
    waitingPutOffPercent: tenths(100 * putOff.waiting),
    putOffP95Minutes: tenths(putOffMs.p95 / 60_000),
    submissionP95Ms: Math.round(submissionMs.p95),
    idleP95Ms: Math.round(idleP95Ms),
  };
}

const tenths = (value: number): number => Math.round(10 * value) / 10;

if (process.argv.includes('--write')) {
  const table = Object.fromEntries(loads.map((load) => [String(load), figuresOf(load)]));
  writeFileSync(tableFile, `${JSON.stringify(table, null, 2)}\n`);
}
