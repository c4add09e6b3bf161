/** What is wrong between the lists in DNS, each of which is sound by itself. Pure. */
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';
import { formatDuration } from './schema/units.ts';

/** What a refused client is told is fetched after the answer, within a second. */
const TEXT_MS = 1_000;

export function checkDnsLists({ lists, judge }: Settings, findings: Findings): void {
  const first = new Map<string, string>();
  for (const group of ['deny', 'allow', 'domains'] as const)
    lists[group].forEach(({ name }, index) => {
      const at = `lists.${group}[${index}]`;
      const taken = first.get(name);
      if (taken === undefined) first.set(name, at);
      else
        findings.fault(at, name, `is the name of ${taken} too`, 'remove one, or give it a name of its own');
    });
  if (first.size === 0 || lists.timeoutMs + TEXT_MS < judge.rcptBudgetMs) return;
  const longest = formatDuration(Math.max(0, judge.rcptBudgetMs - TEXT_MS));
  findings.warn(
    'lists.timeout',
    formatDuration(lists.timeoutMs),
    'leaves no second of judge.rcptBudget, so that one slow list hides what the others say',
    `write less than ${longest}, or make judge.rcptBudget longer`,
  );
}
