/** What one input costs: CPU of this thread, for the machine may be busy with something else. */
import { Session, type Profiler } from 'node:inspector/promises';
import type { Target } from './target.ts';
import { pumped, type Pump } from './mutate.ts';

export async function cpuOf(run: () => void | Promise<void>): Promise<number> {
  const from = process.threadCpuUsage();
  const running = run();
  if (running instanceof Promise) await running;
  const { user, system } = process.threadCpuUsage(from);
  return (user + system) / 1000;
}

/** CPU of one run, by so many of them that the system's coarse accounting says something. */
export async function cpuPerRun(run: () => void | Promise<void>): Promise<number> {
  let [total, runs] = [0, 0];
  const whole = process.threadCpuUsage();
  while (total < ACCOUNTED_MS && runs < MOST_RUNS) {
    const running = run();
    if (running instanceof Promise) await running;
    runs += 1;
    const { user, system } = process.threadCpuUsage(whole);
    total = (user + system) / 1000;
  }
  return total / runs;
}

const ACCOUNTED_MS = 80;
const MOST_RUNS = 2_000;
/** Below this it is of no consequence. */
const NOTICED_MS = 8;
/** Four times the length takes four times as long, or sixteen times where it is by the square. */
const MOST_TIMES = 9;

/** How much longer an input takes that is four times as long; undefined where that is as it should be. */
export async function growthOf(target: Target, pump: Pump): Promise<string | undefined> {
  const short = pumped(pump, target.longestBytes / 4);
  const long = pumped(pump, target.longestBytes);
  if ((await cpuOf(() => target.run(long))) < NOTICED_MS / 2) return undefined;
  // Twice, for the compiler may not have been done with it.
  for (const _ of ['first', 'second']) {
    const longMs = await cpuPerRun(() => target.run(long));
    if (longMs < NOTICED_MS || longMs <= MOST_TIMES * (await cpuPerRun(() => target.run(short))))
      return undefined;
  }
  const [shortMs, longMs] = [
    await cpuPerRun(() => target.run(short)),
    await cpuPerRun(() => target.run(long)),
  ];
  return `${short.length} octets ${shortMs.toFixed(1)} ms, ${long.length} octets ${longMs.toFixed(1)} ms`;
}

/** The function in which most of the time is spent. */
export async function hottestOf(run: () => void | Promise<void>): Promise<string> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    await run();
    const { profile } = await session.post('Profiler.stop');
    return hottestIn(profile);
  } finally {
    session.disconnect();
  }
}

function hottestIn({ nodes }: Profiler.Profile): string {
  const samples = new Map<string, number>();
  for (const { callFrame, hitCount = 0 } of nodes) {
    const { functionName, url } = callFrame;
    if (
      functionName.startsWith('(') ||
      (!/\/(?:packages|node_modules)\//.test(url) && !/^RegExp/.test(functionName))
    )
      continue;
    const name = `${functionName || 'a function'} ${url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}`.trim();
    samples.set(name, (samples.get(name) ?? 0) + hitCount);
  }
  return [...samples].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'a built-in function';
}
