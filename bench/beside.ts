/**
 * `bench --beside CHECKOUT`: the gateways of this checkout beside those of another one, in turns. It compares CPU per
 * message round by round, because a shared machine changes its speed during a run and both checkouts see the same change.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mailpairWith } from './candidates/mailpair.ts';
import type { Effort } from './compare.ts';
import type { Scenario } from './result.ts';
import { openStand, type Stand } from './stand.ts';
import { medianIntervalOf, spreadOf } from './statistics.ts';
import { inTurns } from './turns.ts';

/** Fewer rounds give an interval too wide to tell 3 % from nothing. */
const LEAST_ROUNDS = 15;

interface Contender {
  readonly name: string;
  readonly stand: Stand;
  readonly cpuMsPerMessage: number[];
}

/** @returns a table; a ratio above 1 means that this checkout needs more CPU than the other one */
export async function benchBeside(
  checkout: string,
  scenarios: readonly Scenario[],
  effort: Effort,
): Promise<string> {
  if (!existsSync(join(checkout, 'packages/inbound-gateway/src/main.ts')))
    throw new Error(`--beside takes the directory of a checkout of Mailpair, and ${checkout} is none`);
  const rows: string[] = [];
  for (const scenario of scenarios) {
    effort.tell(titleOf(scenario));
    const rounds = Math.max(LEAST_ROUNDS, effort.rounds);
    rows.push(rowOf(scenario, await measureBoth(checkout, scenario, { ...effort, rounds })));
  }
  return [
    '| load | this checkout, CPU ms/message | the other | ratio (median) | 95 % interval | rounds |',
    '| :--- | ----------------------------: | --------: | -------------: | ------------: | -----: |',
    ...rows,
    '',
  ].join('\n');
}

async function measureBoth(checkout: string, scenario: Scenario, effort: Effort): Promise<Contender[]> {
  const contenders: Contender[] = [];
  const rounds: number[] = [];
  for (const [name, options] of [
    ['this checkout', {}],
    ['the other', { checkout }],
  ] as const) {
    const stand = await openStand({ candidate: mailpairWith(scenario.kind, options), scenario });
    rounds.push(await stand.warmUp(effort.secondsPerRound));
    contenders.push({ name, stand, cpuMsPerMessage: [] });
  }
  const messages = Math.min(...rounds);
  await inTurns(contenders, effort, async ({ name, stand, cpuMsPerMessage }) => {
    const { cpuMs } = await stand.measure(messages);
    cpuMsPerMessage.push(cpuMs / messages);
    return `${name} ${(cpuMs / messages).toFixed(3)} ms per message`;
  });
  for (const { stand } of contenders) await stand.close();
  return contenders;
}

function rowOf(scenario: Scenario, contenders: readonly Contender[]): string {
  const [ours, theirs] = contenders.map(({ cpuMsPerMessage }) => cpuMsPerMessage) as [number[], number[]];
  const ratios = ours.map((cpuMs, round) => cpuMs / theirs[round]!);
  const { from, to } = medianIntervalOf(ratios);
  const cells = [
    titleOf(scenario),
    spreadOf(ours).median.toFixed(3),
    spreadOf(theirs).median.toFixed(3),
    spreadOf(ratios).median.toFixed(3),
    `${from.toFixed(3)}–${to.toFixed(3)}`,
    ratios.length,
  ];
  return `| ${cells.join(' | ')} |`;
}

const titleOf = ({ kind, sizeBytes, connections, tls }: Scenario): string =>
  `${kind}, ${Math.round(sizeBytes / 1024)} KB${connections === 'new' ? ', new connections' : ''}${tls ? ', TLS' : ''}`;
