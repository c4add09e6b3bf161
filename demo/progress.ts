/** Says what the demo is doing: on a terminal one line that moves, elsewhere a line when a step begins and ends. */

const TICK_MS = 120;
const isTerminal = process.stdout.isTTY;

let steps = 0;

/**
 * Runs a step. `state` is shown while it runs; what `work` returns is shown when it is done, and stays.
 */
export async function step(
  title: string,
  work: () => Promise<string>,
  state: () => string = () => '',
): Promise<void> {
  steps += 1;
  const head = `${String(steps).padStart(2)}  ${title}`;
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const show = (): void => void process.stdout.write(`\r\x1b[K${head}  ${state()}  ${seconds()}`);
  if (!isTerminal) say(head);
  const timer = isTerminal ? setInterval(show, TICK_MS) : undefined;
  try {
    const done = await work();
    if (isTerminal) process.stdout.write(`\r\x1b[K${head}\n`);
    say(`      ${done} (${seconds()})`);
  } finally {
    clearInterval(timer);
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
