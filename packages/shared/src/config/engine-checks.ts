/** What is wrong between the keys of engines, each of which is sound by itself. Pure. */
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';
import { formatDuration, formatSize } from './schema/units.ts';

export function checkEngines(settings: Settings, findings: Findings): void {
  const { clamav, judge, smtp } = settings;
  for (const engine of ['clamav', 'rspamd'] as const) {
    const { servers, timeoutMs, roles } = settings[engine];
    const first = new Map<string, string>();
    servers.forEach(({ name }, index) => {
      const at = `${engine}.servers[${index}]`;
      const taken = first.get(name);
      if (taken === undefined) first.set(name, at);
      else findings.fault(at, name, `is ${taken} too`, 'remove one');
    });
    if (servers.length === 0) continue;
    if (roles.length === 0)
      findings.warn(
        `${engine}.roles`,
        '[]',
        'is empty, so that no message is looked at',
        'write [mx], or remove the servers',
      );
    if (timeoutMs >= judge.messageBudgetMs)
      findings.warn(
        `${engine}.timeout`,
        formatDuration(timeoutMs),
        'is not below judge.messageBudget, so that no other server is asked when one is silent',
        `write less than ${formatDuration(judge.messageBudgetMs)}, or make judge.messageBudget longer`,
      );
  }
  if (clamav.servers.length === 0 || clamav.maxBytes >= smtp.maxMessageBytes) return;
  const become = { accept: 'taken unscanned', quarantine: 'quarantined unscanned', reject: 'refused' }[
    clamav.tooBig
  ];
  findings.warn(
    'clamav.maxSize',
    formatSize(clamav.maxBytes),
    `is below smtp.maxMessage (${formatSize(smtp.maxMessageBytes)}): messages between them are ${become} (clamav.tooBig)`,
    'make them the same, and StreamMaxLength in clamd.conf as much',
  );
}
