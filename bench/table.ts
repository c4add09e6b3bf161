/** The result as Markdown, which is also readable as it is. */
import type { Kind } from './candidate.ts';
import type {
  AcceptResult,
  CandidateResult,
  IdleResult,
  Result,
  Scenario,
  ScenarioResult,
} from './result.ts';

const MB = 2 ** 20;

export function composeTables(result: Result): string {
  const loads = Map.groupBy(result.scenarios, ({ kind }) => kind);
  const waits = Map.groupBy(result.accepts, ({ kind }) => kind);
  return (
    [
      ...[...loads].map(([kind, scenarios]) => composeLoads(kind, scenarios)),
      ...[...waits].map(([kind, accepts]) => composeAccepts(kind, accepts)),
      ...(result.idle.length > 0 ? [composeIdle(result.idle)] : []),
      composeFooter(result),
    ].join('\n\n') + '\n'
  );
}

const titles = {
  relay: 'Relay in line: the sink has the message before the 250',
  queue: 'Queue: on disk before the 250, then delivered',
  judged: 'Judged by SPF, DKIM, DMARC and Bayes, then delivered',
};

const loadHeads = [
  'load',
  'candidate',
  'CPU ms/message',
  '(min–max)',
  'ratio',
  'messages/s',
  'syncs/message',
  'largest process MB',
  'all processes MB',
];

function composeLoads(kind: Kind, scenarios: readonly ScenarioResult[]): string {
  const sessions = new Set(scenarios.map((each) => each.sessions));
  const title = `**${titles[kind]}** · ${[...sessions].join(', ')} sessions`;
  const rows = scenarios.flatMap((scenario) => {
    const reference = scenario.candidates.find(({ isReference }) => isReference);
    return scenario.candidates.map((candidate, index) => [
      index === 0 ? describeLoad(scenario) : '',
      ...composeRow(candidate, reference),
    ]);
  });
  return `${title}\n\n${composeTable(loadHeads, rows, 2)}`;
}

/** `4 KB, new connections, TLS`. */
export const describeLoad = ({ sizeBytes, connections, tls }: Omit<Scenario, 'kind'>): string =>
  [
    formatSize(sizeBytes),
    ...(connections === 'new' ? ['new connections'] : []),
    ...(tls ? ['TLS'] : []),
  ].join(', ');

function composeRow(candidate: CandidateResult, reference: CandidateResult | undefined): string[] {
  const { cpuMsPerMessage: cpu, messagesPerSecond, syncsPerMessage, memory } = candidate;
  return [
    candidate.name,
    cpu.median.toFixed(3),
    `${cpu.min.toFixed(3)}–${cpu.max.toFixed(3)}`,
    reference ? formatRatio(cpu.median / reference.cpuMsPerMessage.median) : '',
    String(Math.round(messagesPerSecond)),
    syncsPerMessage?.toFixed(2) ?? '',
    (memory.largestBytes / MB).toFixed(0),
    `${(memory.totalBytes / MB).toFixed(0)} in ${memory.processes}`,
  ];
}

const acceptHeads = ['sessions', 'candidate', 'p50 ms', 'p99 ms', 'messages/s', 'syncs/message'];

function composeAccepts(kind: Kind, accepts: readonly AcceptResult[]): string {
  const bySessions = Map.groupBy(accepts, ({ sessions }) => sessions);
  const rows = [...bySessions].flatMap(([sessions, all]) =>
    all.map(({ name, p50Ms, p99Ms, messagesPerSecond, syncsPerMessage }, index) => [
      index === 0 ? String(sessions) : '',
      name,
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      String(Math.round(messagesPerSecond)),
      syncsPerMessage?.toFixed(2) ?? '',
    ]),
  );
  const size = formatSize(accepts[0]?.sizeBytes ?? 0);
  return `**Time to the 250, ${kind}** · ${size}, kept connections\n\n${composeTable(acceptHeads, rows, 2)}`;
}

const idleHeads = [
  'candidate',
  'connections',
  'KB/connection',
  'anonymous KB/connection',
  'all processes MB',
];

function composeIdle(idle: readonly IdleResult[]): string {
  const rows = idle.map((each) => [
    each.name,
    String(each.connections),
    (each.bytesPerConnection / 1024).toFixed(1),
    (each.anonymousBytesPerConnection / 1024).toFixed(1),
    (each.totalBytes / MB).toFixed(0),
  ]);
  return `**Idle connections** · greeted, EHLO, silent\n\n${composeTable(idleHeads, rows, 1)}`;
}

/** `1/2.4` for less than the reference, `1.3` for more. */
export function formatRatio(ratio: number): string {
  if (ratio === 1) return '1';
  return ratio < 1 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(1);
}

const formatSize = (bytes: number): string =>
  bytes < MB ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / MB)} MB`;

/** The first `texts` columns to the left, the others to the right. */
function composeTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): string {
  const widths = columns.map((head, column) =>
    Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const pad = (cell: string, column: number): string =>
    column < texts ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

function composeFooter(result: Result): string {
  const { machine, versions, scenarios, generator, sink, measuredAt, notes, isQuick } = result;
  const rounds = scenarios[0]?.candidates[0]?.rounds;
  const day = `${measuredAt.slice(0, 10)}${isQuick ? ', a quick run' : ''}`;
  return [
    `- Measured ${day}: medians of alternating rounds${rounds ? `, ${rounds} of them for the CPU` : ''}.`,
    `- ${versions.join('; ')}; load from ${generator} to ${sink}.`,
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}, ` +
      `Linux ${machine.kernel}; spool on ${machine.fileSystem}; load before the run ${machine.loadBefore}.`,
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}
