/**
 * Figures of a long queue that are kept: results/queue.json, scenario by scenario, for all of them take long. The table in
 * README.md follows from it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { insertTable } from '../keep.ts';
import type { AtRest, Attempted, BesideDead } from './scenarios.ts';

export interface Lengths<Figures> {
  readonly short: Figures;
  readonly long: Figures;
}

export interface KeptFigures {
  readonly rest?: Lengths<AtRest>;
  readonly deferring?: Lengths<Attempted>;
  readonly delivering?: Lengths<Attempted>;
  readonly passing?: Lengths<Attempted>;
  readonly dead?: BesideDead;
}

export interface Kept extends KeptFigures {
  /** Day and load of each scenario. */
  readonly measured: Readonly<Record<string, { readonly day: string; readonly loadBefore: number }>>;
}

const bench = join(import.meta.dirname, '..');
const file = join(bench, 'results/queue.json');
const readme = join(bench, 'README.md');
const marks = ['<!-- long queue -->', '<!-- end of long queue -->'] as const;

export async function keep(figures: KeptFigures, day: string, loadBefore: number): Promise<void> {
  const before = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const measured = Object.fromEntries(Object.keys(figures).map((name) => [name, { day, loadBefore }]));
  const kept: Kept = { ...before, ...figures, measured: { ...before.measured, ...measured } };
  for (const [path, text] of [
    [file, JSON.stringify(kept)],
    [readme, insertTable(readFileSync(readme, 'utf8'), composeQueueTable(kept), marks)],
  ] as const)
    writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

export function composeQueueTable(kept: Kept): string {
  const { rest, deferring, delivering, passing, dead } = kept;
  const rows = [
    ...rowsOf(rest, [
      ['start until it serves', ({ startMs }) => seconds(startMs)],
      [
        '`queue list` of all, `status`',
        ({ listMs, nextHopsMs }) => `${seconds(listMs)}, ${seconds(nextHopsMs)}`,
      ],
      ['memory: starting', ({ starting }) => megabytes(starting)],
      ['at rest', ({ atRest: phase }) => megabytes(phase)],
      ['listing', ({ listing }) => megabytes(listing)],
    ]),
    ...attemptsOf('deferring', 'attempts that are deferred, all due', deferring),
    ...attemptsOf('delivering', 'messages delivered, all due', delivering),
    ...attemptsOf('passing', 'messages that pass through', passing),
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const live = dead
    ? `\n${dead.live} messages to live destinations take ${seconds(dead.aloneMs)} alone, ${seconds(dead.besideMs.refuses)} beside ` +
      `${dead.dead} for one that refuses, ${seconds(dead.besideMs.hangs)} beside as many for one that hangs.\n`
    : '';
  return [
    '| 1 KB messages | short queue | long queue |',
    '| --- | ---: | ---: |',
    ...rows,
    live,
    `Memory in MB: the peak (VmHWM) of the phase, and of it its own and what is mapped, at their most. Measured ${whenMeasured(kept)}.`,
    '',
  ].join('\n');
}

const attemptsOf = (name: string, what: string, figures: Lengths<Attempted> | undefined): string[][] =>
  rowsOf(figures, [
    [what, costOf],
    [`memory: ${name}`, ({ memory }) => megabytes(memory)],
  ]);

/** A short queue is delivered before it can be measured. */
const costOf = ({ cpuMsPerAttempt, perSecond }: Attempted): string =>
  perSecond > 0 ? `${cpuMsPerAttempt.toFixed(3)} ms of CPU each, ${Math.round(perSecond)}/s` : 'too few';

const rowsOf = <Figures>(
  figures: Lengths<Figures> | undefined,
  rows: readonly (readonly [string, (of: Figures) => string])[],
): string[][] => (figures ? rows.map(([name, tell]) => [name, tell(figures.short), tell(figures.long)]) : []);

const seconds = (ms: number | null): string =>
  ms === null ? 'over a minute' : `${(ms / 1_000).toFixed(1)} s`;

const megabytes = ({ peak, own, mapped }: Attempted['memory']): string => `${peak} (${own}, ${mapped})`;

const whenMeasured = ({ measured }: Kept): string =>
  Object.entries(measured)
    .map(([name, { day, loadBefore }]) => `${name} ${day} (load before ${loadBefore})`)
    .join(', ');
