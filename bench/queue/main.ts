/** `npx pnpm@12 bench:queue`: a short and a long queue beside each other, on stdout. Progress is on stderr. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { endAll, endOnSignals, isInterrupted } from '../endings.ts';
import { describeMachine } from '../machine.ts';
import { keep, type KeptFigures } from './kept.ts';
import { atRest, besideDead, deferring, delivering, passing, type Options } from './scenarios.ts';

const help = `npx pnpm@12 bench:queue [OPTION]...

Measures the outbound gateway with a short and with a long queue. Needs smtp-source, of Debian's postfix.

  --messages N     length of the long queue (default 1000000)
  --short N        length of the short one (default 1000)
  --next-hops N    over how many destinations (default 10000)
  --seconds S      how long a window of measuring is (default 15)
  --only WHAT      one of rest, deferring, delivering, passing, dead
  --profile DIR    leaves V8 profiles of the gateway there (deferring and passing)
  --json FILE      writes the result there
  --write          keeps the figures in results/queue.json and the table of README.md
`;

const scenarios = { rest: atRest, deferring, delivering, passing } as const;

async function run(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      messages: { type: 'string', default: '1000000' },
      short: { type: 'string', default: '1000' },
      'next-hops': { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '15' },
      only: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const options = (messages: number): Options => ({
    messages,
    nextHops: Number(values['next-hops']),
    seconds: Number(values.seconds),
    ...(values.profile !== undefined && { profile: values.profile }),
  });
  const [short, long] = [options(Number(values.short)), options(Number(values.messages))];
  const machine = describeMachine();
  const figures: Record<string, unknown> = {};
  const tell = (name: string, of: unknown): void =>
    void process.stdout.write(`${name}: ${JSON.stringify(of, rounded, 2)}\n`);
  for (const [name, measure] of Object.entries(scenarios))
    if ((values.only ?? name) === name) {
      const lengths: Record<string, unknown> = {};
      for (const [length, of] of Object.entries({ short, long })) {
        process.stderr.write(`${name}, ${of.messages} messages\n`);
        tell(`${name}, ${length}`, (lengths[length] = await measure(of)));
      }
      figures[name] = lengths;
    }
  if ((values.only ?? 'dead') === 'dead') tell('dead', (figures['dead'] = await besideDead(long)));
  const result = { machine, short, long, ...figures };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(result, rounded, 2)}\n`);
  if (values.write) {
    const kept = JSON.parse(JSON.stringify(figures, rounded)) as KeptFigures;
    await keep(kept, new Date().toISOString().slice(0, 10), machine.loadBefore);
  }
}

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;

endOnSignals();
try {
  await run();
} catch (error) {
  if (!isInterrupted()) process.stderr.write(`bench:queue: ${(error as Error).message}\n`);
  process.exitCode = 2;
} finally {
  await endAll();
}
