/** The result as Markdown. Pure. */
import type { Machine } from '../machine.ts';
import type { Labelled } from './corpus.ts';
import { qualityOf, type Scored } from './quality.ts';

export interface Row {
  readonly name: string;
  readonly scored: readonly Scored[];
  /** For a message that was asked about; null where it is not told apart. */
  readonly cpuMs: number | null;
}

export interface Around {
  readonly seed: number;
  readonly training: readonly Labelled[];
  readonly test: readonly Labelled[];
  readonly notes: readonly string[];
  readonly machine: Machine;
}

const heads = ['', 'recall at 0.1 % false positives', 'at 1 %', 'AUC', 'CPU ms/message'];

export function composeReport(rows: readonly Row[], around: Around): string {
  const { seed, training, test, machine } = around;
  const table = [heads, heads.map((_, n) => (n === 0 ? '---' : '---:')), ...rows.map(cellsOf)];
  const notes = [
    `Taught ${countOf(training)}; asked about ${countOf(test)}; seed ${seed}.`,
    ...around.notes,
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}; ${machine.processor}, ${machine.cores} cores; ` +
      `load before the run ${machine.loadBefore}.`,
  ];
  return `${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n\n${notes.map((note) => `- ${note}`).join('\n')}\n`;
}

function cellsOf({ name, scored, cpuMs }: Row): string[] {
  const { recallAt, auc } = qualityOf(scored);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [name, percent(recallAt(0.001)), percent(recallAt(0.01)), auc.toFixed(4), cpuMs?.toFixed(3) ?? ''];
}

function countOf(messages: readonly Labelled[]): string {
  const spam = messages.filter((message) => message.spam).length;
  return `${spam} spam and ${messages.length - spam} ham`;
}
