/** What a run with attacks says: the times beside each other, and whether they are as they should be. Pure. */
import type { MessageRecord } from '@mailpair/shared/filter/pipeline/record';
import { quantileOf } from '../statistics.ts';
import type { Sent } from './client.ts';

/** A legitimate client waits at most so many times as long as without the attack … */
const MOST_TIMES = 2;
/** … or this long, if that is more. */
const ALLOWED_MS = 100;

export interface Phase {
  readonly sent: readonly Sent[];
  /** How its messages were judged, each way once. */
  readonly judged: ReadonlySet<string>;
}

export interface AttackResult {
  readonly name: string;
  readonly what: string;
  readonly without: readonly Phase[];
  readonly during: readonly Phase[];
  /** What the attacker got done: attempts, messages, requests. */
  readonly attempts: number;
}

export interface Row {
  readonly what: string;
  readonly withoutMs: number;
  readonly duringMs: number;
  readonly attempts: number;
  /** What is not as it should be. */
  readonly faults: readonly string[];
}

export function rowOf({ what, without, during, attempts }: AttackResult): Row {
  const [withoutMs, duringMs] = [p95Of(without), p95Of(during)];
  const most = Math.max(MOST_TIMES * withoutMs, ALLOWED_MS);
  const refused = refusalsIn(during);
  const other = differenceOf(without, during);
  return {
    what,
    withoutMs,
    duringMs,
    attempts,
    faults: [
      ...(duringMs > most ? [`takes ${Math.round(duringMs)} ms, more than ${Math.round(most)} ms`] : []),
      ...(refused.length > 0 ? [`not taken: ${refused.slice(0, 3).join('; ')}`] : []),
      ...other,
      ...(refusalsIn(without).length > 0 ? [`not taken without an attack: ${refusalsIn(without)[0]}`] : []),
    ],
  };
}

const p95Of = (phases: readonly Phase[]): number =>
  quantileOf(
    phases.flatMap(({ sent }) => sent.map(({ ms }) => ms)),
    0.95,
  );

const refusalsIn = (phases: readonly Phase[]): string[] => [
  ...new Set(
    phases.flatMap(({ sent }) =>
      sent.filter(({ reply }) => !/^250[ -]/.test(reply)).map(({ reply }) => reply || 'no reply in time'),
    ),
  ),
];

function differenceOf(without: readonly Phase[], during: readonly Phase[]): string[] {
  const usual = new Set(without.flatMap(({ judged }) => [...judged]));
  const others = during.flatMap(({ judged }) => [...judged]).filter((way) => !usual.has(way));
  return others.length === 0 ? [] : [`judged differently: ${others[0]}, not ${[...usual][0] ?? 'at all'}`];
}

/** How a message was judged: by verdict, by what was found, and by what could not be learnt. */
export function wayOf({ facts, findings, judgements }: MessageRecord): string {
  const verdicts = judgements.map(({ verdict }) => verdict.kind).join('+');
  const found = findings.map(({ rule }) => rule).sort();
  const faults = Object.entries(facts.learnt)
    .filter(([, fact]) => fact.kind !== 'known')
    .map(([name]) => `no ${name}`);
  return [verdicts, ...found, ...faults].join(', ');
}

export function composeTable(rows: readonly Row[]): string {
  const lines = rows.map(({ what, withoutMs, duringMs, attempts, faults }) => {
    const times = (duringMs / withoutMs).toFixed(1);
    const verdict = faults.length === 0 ? 'yes' : faults.join(', ');
    return `| ${what} | ${withoutMs.toFixed(0)} | ${duringMs.toFixed(0)} | ${times} | ${attempts} | ${verdict} |`;
  });
  return [
    '| attack | ms to the 250, without | with | times | attempts | as it should be |',
    '| ------ | ---------------------: | ---: | ----: | -------: | --------------- |',
    ...lines,
    '',
  ].join('\n');
}
