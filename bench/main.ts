/** `npx pnpm@12 bench`: the table on stdout, progress on stderr. README.md tells what is measured and how. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { help, readArguments, type Arguments } from './arguments.ts';
import { benchBeside } from './beside.ts';
import { benchAttacks } from './attack/main.ts';
import { endAll, endOnSignals, isInterrupted } from './endings.ts';
import { keepResult } from './keep.ts';
import { profileGateways } from './profile-gateways.ts';
import { measure } from './run.ts';
import { scenariosOf } from './scenarios.ts';
import { composeTables } from './table.ts';
import { benchWorkers } from './workers.ts';

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(args: Arguments): Promise<void> {
  const scenarios = args.parts.flatMap((part) => scenariosOf(part, args.sizesBytes));
  if (args.profile) {
    process.stdout.write(await profileGateways(scenarios, args.secondsPerRound, tell));
    return;
  }
  if (args.workers !== null) {
    process.stdout.write(await benchWorkers(args.workers, { ...args, tell }));
    return;
  }
  if (args.beside !== null) {
    process.stdout.write(await benchBeside(args.beside, scenarios, { ...args, tell }));
    return;
  }
  const result = await measure(args, tell);
  process.stdout.write(composeTables(result));
  if (args.json) await writeFile(args.json, `${JSON.stringify(result, null, 2)}\n`);
  if (args.write) await keepResult(result);
}

endOnSignals();
try {
  const words = process.argv.slice(2).filter((word) => word !== '--');
  const args = words[0] === 'attack' ? null : readArguments(words);
  if (args === null) process.exitCode = await benchAttacks(words.slice(1), tell);
  else if (args.help) process.stdout.write(help);
  else if (!existsSync('/proc/self/stat'))
    throw new Error('CPU times are read from /proc: run this on Linux');
  else await run(args);
} catch (error) {
  if (!isInterrupted()) process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
} finally {
  await endAll();
}
