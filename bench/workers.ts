/**
 * `bench --workers N`: what N workers are worth beside one. Throughput and CPU for each message while each worker may use no more
 * than a share of a core, so that generator and sink never want for one; and the CPU while nothing is held back. In turns, as ever.
 */
import { mailpairWith } from './candidates/mailpair.ts';
import { capCpu, capObstacle } from './cpu-cap.ts';
import type { Effort } from './compare.ts';
import type { Scenario } from './result.ts';
import { scenario } from './scenarios.ts';
import { openStand, type Stand } from './stand.ts';
import { spreadOf, type Spread } from './statistics.ts';
import { inTurns } from './turns.ts';

/** Of a core, for each worker. */
const SHARE = 0.25;
const FIRST_ROUND = 300;
/** Several workers are for many clients: enough that each worker has some that wait for the same commit. */
const SESSIONS = 100;

interface Contender {
  readonly workers: number;
  readonly stand: Stand;
  readonly freeCpuMs: number[];
  readonly cappedCpuMs: number[];
  readonly perSecond: number[];
}

interface Compared {
  readonly workers: number;
  /** While nothing is held back. */
  readonly freeCpuMs: Spread;
  /** Null where nothing can be capped. */
  readonly capped: { readonly perSecond: Spread; readonly cpuMs: Spread } | null;
}

export async function benchWorkers(workers: number, effort: Effort): Promise<string> {
  const tables: string[] = [];
  for (const kind of ['relay', 'queue'] as const) {
    effort.tell(kind);
    const load = scenario(kind, { sessions: SESSIONS });
    tables.push(tableOf(load, await compareWorkers(load, [1, workers], effort)));
  }
  return tables.join('\n');
}

async function compareWorkers(
  load: Scenario,
  counts: readonly number[],
  effort: Effort,
): Promise<Compared[]> {
  const contenders: Contender[] = [];
  const rounds: number[] = [];
  for (const workers of counts) {
    const stand = await openStand({ candidate: mailpairWith(load.kind, { workers }), scenario: load });
    rounds.push(await stand.warmUp(effort.secondsPerRound));
    contenders.push({ workers, stand, freeCpuMs: [], cappedCpuMs: [], perSecond: [] });
  }
  const messages = Math.min(...rounds);
  await inTurns(contenders, effort, async ({ workers, stand, freeCpuMs }) => {
    const { cpuMs } = await stand.measure(messages);
    freeCpuMs.push(cpuMs / messages);
    return `${named(workers)} ${(cpuMs / messages).toFixed(3)} ms a message`;
  });
  if (capObstacle() === null) await measureCapped(contenders, effort);
  for (const { stand } of contenders) await stand.close();
  return contenders.map(({ workers, freeCpuMs, cappedCpuMs, perSecond }) => ({
    workers,
    freeCpuMs: spreadOf(freeCpuMs),
    capped: perSecond.length > 0 ? { perSecond: spreadOf(perSecond), cpuMs: spreadOf(cappedCpuMs) } : null,
  }));
}

async function measureCapped(contenders: readonly Contender[], effort: Effort): Promise<void> {
  const ends = contenders.flatMap(({ stand }) => workersOf(stand).map((pid) => capCpu(pid, SHARE)));
  const rates = new Map<Contender, number>();
  for (const contender of contenders) {
    const { messages, seconds } = await contender.stand.measure(FIRST_ROUND);
    rates.set(contender, messages / seconds);
  }
  await inTurns(contenders, effort, async (contender) => {
    const wanted = Math.max(FIRST_ROUND, Math.round(rates.get(contender)! * effort.secondsPerRound));
    const { messages, seconds, cpuMs } = await contender.stand.measure(wanted);
    contender.perSecond.push(messages / seconds);
    contender.cappedCpuMs.push(cpuMs / messages);
    const perSecond = Math.round(messages / seconds);
    const rate = `${perSecond} messages/s at ${SHARE} of a core a worker`;
    return `${named(contender.workers)} ${rate}, ${(cpuMs / messages).toFixed(3)} ms a message`;
  });
  for (const end of ends) await end();
}

/** The processes that carry mail: below the supervisor, where there is one. */
function workersOf({ running }: Stand): number[] {
  const [first, ...others] = running.memory().map(({ pid }) => pid);
  return others.length > 0 ? others : first === undefined ? [] : [first];
}

const named = (workers: number): string => `${workers} worker${workers === 1 ? '' : 's'}`;

function tableOf({ kind, sizeBytes, sessions }: Scenario, compared: readonly Compared[]): string {
  const [one] = compared as readonly [Compared];
  const rows = compared.map(({ workers, freeCpuMs, capped }) => {
    const [rate, times, cappedCpu, cappedGrowth] =
      capped && one.capped
        ? [
            textOf(capped.perSecond, 0),
            (capped.perSecond.median / one.capped.perSecond.median).toFixed(2),
            textOf(capped.cpuMs, 3),
            growthText(capped.cpuMs, one.capped.cpuMs),
          ]
        : ['', '', '', ''];
    const cells = [workers, rate, times, cappedCpu, cappedGrowth, textOf(freeCpuMs, 3)];
    return `| ${cells.join(' | ')} | ${growthText(freeCpuMs, one.freeCpuMs)} |`;
  });
  return [
    `**${kind}** · ${Math.round(sizeBytes / 1024)} KB, ${sessions} sessions`,
    '',
    `With ${SHARE} of a core for each worker, and with nothing held back:`,
    '',
    '| workers | messages/s (min–max) | times | CPU ms/message (min–max) | growth | nothing held back | growth |',
    '| ------: | -------------------: | ----: | -----------------------: | -----: | ----------------: | -----: |',
    ...rows,
    '',
  ].join('\n');
}

const textOf = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

function growthText({ median }: Spread, one: Spread): string {
  const growth = Math.round((median / one.median - 1) * 100);
  return `${growth >= 0 ? '+' : ''}${growth} %`;
}
