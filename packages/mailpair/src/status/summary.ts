/** The first lines of `mailpair status`: the faults, worst first, and their fixes. Pure. */
import { visible } from '@mailpair/shared/platform/values/printable';
import type { Fault } from './report.ts';

/** @param faults in the order of `faultsOf` */
export function describeFaults(faults: readonly Fault[]): string {
  const notices = faults.filter(({ severity }) => severity === 'notice');
  const [worst, ...others] = faults.filter(({ severity }) => severity !== 'notice');
  const count = others.length + 1;
  const first = worst ? `${count === 1 ? '1 fault' : `${count} faults`}: ${lineOf(worst)}` : 'All is well.';
  return [
    first,
    ...others.map((fault) => `  fault: ${lineOf(fault)}`),
    ...notices.map((fault) => `  notice: ${lineOf(fault)}`),
  ]
    .map(visible)
    .join('\n');
}

const lineOf = ({ role, host, text, fix }: Fault): string => `${role} ${host}: ${text}: ${fix}`;
