/** The result as Markdown, which is also readable as it is. */
import type { CandidateResult, Result, ScenarioResult } from './result.ts';

const MB = 2 ** 20;

export function composeTables(result: Result): string {
  return [...result.scenarios.map(composeScenario), composeFooter(result)].join('\n\n') + '\n';
}

const titles = {
  relay: 'Relay in line: the sink has the message before the 250',
  queue: 'Queue: on disk before the 250, then delivered',
  judged: 'Judged by SPF, DKIM, DMARC and Bayes, then delivered',
};

const heads = [
  'candidate',
  'CPU ms/message',
  '(min–max)',
  'ratio',
  'messages/s',
  'syncs/message',
  'largest process MB',
  'all processes MB',
];

function composeScenario({ kind, sizeBytes, sessions, candidates }: ScenarioResult): string {
  const title = `**${titles[kind]}** · ${formatSize(sizeBytes)}, ${sessions} sessions, reused connections`;
  const reference = candidates.find(({ isReference }) => isReference);
  const rows = candidates.map((candidate) => composeRow(candidate, reference));
  return `${title}\n\n${composeTable(heads, rows)}`;
}

function composeRow(candidate: CandidateResult, reference: CandidateResult | undefined): string[] {
  const { cpuMsPerMessage: cpu, messagesPerSecond, syncs, processes } = candidate;
  const largest = Math.max(...processes.map(({ peakBytes }) => peakBytes));
  const all = processes.reduce((sum, { shareBytes }) => sum + shareBytes, 0);
  return [
    candidate.name,
    cpu.median.toFixed(3),
    `${cpu.min.toFixed(3)}–${cpu.max.toFixed(3)}`,
    reference ? formatRatio(cpu.median / reference.cpuMsPerMessage.median) : '',
    String(Math.round(messagesPerSecond.median)),
    syncs ? syncs.perMessage.toFixed(2) : '',
    (largest / MB).toFixed(0),
    `${(all / MB).toFixed(0)} in ${processes.length}`,
  ];
}

/** `1/2.4` for less than the reference, `1.3` for more. */
export function formatRatio(ratio: number): string {
  if (ratio === 1) return '1';
  return ratio < 1 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(1);
}

const formatSize = (bytes: number): string =>
  bytes < MB ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / MB)} MB`;

/** First column to the left, the others to the right. */
function composeTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((head, column) =>
    Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map(
    (width, column) => '-'.repeat(column === 0 ? width : width - 1) + (column === 0 ? '' : ':'),
  );
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

const pad = (cell: string, column: number, width: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);

function composeFooter({ machine, scenarios, generator, sink, measuredAt, notes, isQuick }: Result): string {
  const versions = new Set(scenarios.flatMap(({ candidates }) => candidates.map(({ version }) => version)));
  const rounds = scenarios[0]?.candidates[0]?.rounds.length ?? 0;
  return [
    `- Measured ${measuredAt.slice(0, 10)}${isQuick ? ', a quick run' : ''}: medians of ${rounds} alternating rounds.`,
    `- ${[...versions].join('; ')}; load from ${generator} to ${sink}.`,
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}, ` +
      `Linux ${machine.kernel}; spool on ${machine.fileSystem}; load before the run ${machine.loadBefore}.`,
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}
