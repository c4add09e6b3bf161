/** `npx pnpm@12 bench`: the table on stdout, progress on stderr. README.md tells what is measured and how. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { help, readArguments, type Arguments } from './arguments.ts';
import type { Candidate } from './candidate.ts';
import { candidates } from './candidates/all.ts';
import { postfixLogging } from './candidates/postfix.ts';
import { compare } from './compare.ts';
import { endAll, endOnSignals, isInterrupted } from './endings.ts';
import { keepResult } from './keep.ts';
import { generatorName } from './load/generator.ts';
import { sinkName } from './load/sink.ts';
import { describeMachine } from './machine.ts';
import { profileGateways } from './profile-gateways.ts';
import { pathOf } from './program.ts';
import type { Result, Scenario, ScenarioResult } from './result.ts';
import { composeTables } from './table.ts';

const SESSIONS = 20;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(args: Arguments): Promise<void> {
  const scenarios = args.kinds.flatMap((kind) =>
    args.sizesBytes.map((sizeBytes): Scenario => ({ kind, sizeBytes, sessions: SESSIONS })),
  );
  if (args.profile) {
    process.stdout.write(await profileGateways(scenarios, args.secondsPerRound, tell));
    return;
  }
  const result = await measure(scenarios, args);
  process.stdout.write(composeTables(result));
  if (args.json) await writeFile(args.json, `${JSON.stringify(result, null, 2)}\n`);
  if (args.write) await keepResult(result);
}

async function measure(scenarios: readonly Scenario[], args: Arguments): Promise<Result> {
  const machine = describeMachine();
  const able = candidates.filter((candidate) => candidate.obstacle() === null);
  const notes = composeNotes(able, machine.fileSystem);
  for (const note of notes) tell(note);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    tell(`${scenario.kind}, ${scenario.sizeBytes} octets`);
    results.push(
      await compare(
        scenario,
        able.filter(({ kind }) => kind === scenario.kind),
        { ...args, tell },
      ),
    );
  }
  return {
    measuredAt: new Date().toISOString(),
    isQuick: args.isQuick,
    machine,
    generator: generatorName(),
    sink: sinkName(),
    scenarios: results,
    notes,
  };
}

function composeNotes(able: readonly Candidate[], fileSystem: string): string[] {
  const notes = candidates.flatMap(({ name, obstacle }) =>
    obstacle() === null ? [] : [`${name} left out: ${obstacle()}`],
  );
  if (able.some(({ name }) => name.startsWith('Postfix')))
    notes.push(`${postfixLogging()}. Mailpair logs to a file.`);
  if (!pathOf('smtp-source') || !pathOf('smtp-sink'))
    notes.push('Generator and sink are our own, which take more of the machine: apt-get install postfix.');
  if (!pathOf('strace')) notes.push('Syncs are not counted: apt-get install strace.');
  if (fileSystem === 'tmpfs')
    notes.push('Syncs cost nothing on a tmpfs: set TMPDIR to a directory on a disk.');
  return notes;
}

endOnSignals();
try {
  const args = readArguments(process.argv.slice(2));
  if (args.help) process.stdout.write(help);
  else if (!existsSync('/proc/self/stat'))
    throw new Error('CPU times are read from /proc: run this on Linux');
  else await run(args);
} catch (error) {
  if (!isInterrupted()) process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
} finally {
  await endAll();
}
