/** A whole run: its plan, step by step, and the result. */
import type { Arguments } from './arguments.ts';
import { ACCEPT_KINDS, estimateAcceptSeconds, measureAccept } from './accept-times.ts';
import type { Candidate, Kind } from './candidate.ts';
import { candidates } from './candidates/all.ts';
import { compare, estimateSeconds, type Effort } from './compare.ts';
import { estimateIdleSeconds, measureIdle } from './idle.ts';
import { generatorName } from './load/generator.ts';
import { sinkName } from './load/sink.ts';
import { describeMachine } from './machine.ts';
import { pathOf } from './program.ts';
import { createProgress } from './progress.ts';
import type { AcceptResult, IdleResult, Result, Scenario, ScenarioResult } from './result.ts';
import { scenariosOf } from './scenarios.ts';

interface Step {
  readonly title: string;
  readonly seconds: number;
  run(effort: Effort): Promise<void>;
}

interface Found {
  readonly scenarios: ScenarioResult[];
  readonly accepts: AcceptResult[];
  readonly idle: IdleResult[];
}

export async function measure(args: Arguments, write: (line: string) => void): Promise<Result> {
  const machine = describeMachine();
  const able = candidates.filter((candidate) => candidate.obstacle() === null);
  const notes = composeNotes(machine.fileSystem);
  for (const note of notes) write(note);
  const found: Found = { scenarios: [], accepts: [], idle: [] };
  const steps = plan(args, able, found);
  const progress = createProgress(
    steps.reduce((sum, { seconds }) => sum + seconds, 0),
    write,
  );
  for (const step of steps) {
    progress.tell(step.title);
    await step.run({ ...args, tell: progress.tell });
    progress.done(step.seconds);
  }
  return {
    measuredAt: new Date().toISOString(),
    isQuick: args.isQuick,
    machine,
    versions: versionsOf(able, found),
    generator: generatorName(),
    sink: sinkName(),
    ...found,
    notes,
  };
}

/** Of those that took part. */
function versionsOf(able: readonly Candidate[], { scenarios, accepts, idle }: Found): string[] {
  const measured = new Set(
    [...scenarios.flatMap(({ candidates: all }) => all), ...accepts, ...idle].map(({ name }) => name),
  );
  return [...new Set(able.filter(({ name }) => measured.has(name)).map(({ version }) => version()))];
}

function plan(args: Arguments, able: readonly Candidate[], found: Found): Step[] {
  const ofKind = (wanted: Kind): Candidate[] => able.filter(({ kind }) => kind === wanted);
  const loads = args.parts
    .flatMap((part) => scenariosOf(part, args.sizesBytes))
    .map((scenario): Step => ({
      title: titleOf(scenario),
      seconds: estimateSeconds(scenario, ofKind(scenario.kind).length, args),
      run: async (effort) => {
        found.scenarios.push(await compare(scenario, ofKind(scenario.kind), effort));
      },
    }));
  const accepts = ACCEPT_KINDS.map((kind): Step => ({
    title: `${kind}: the time to the 250`,
    seconds: estimateAcceptSeconds(kind, ofKind(kind).length),
    run: async (effort) => {
      found.accepts.push(...(await measureAccept(kind, ofKind(kind), effort)));
    },
  }));
  const idle: Step = {
    title: 'idle connections',
    seconds: estimateIdleSeconds(ofKind('relay').length),
    run: async (effort) => {
      found.idle.push(...(await measureIdle(ofKind('relay'), effort)));
    },
  };
  return [
    ...loads,
    ...(args.parts.includes('accept') ? accepts : []),
    ...(args.parts.includes('idle') ? [idle] : []),
  ];
}

const titleOf = ({ kind, sizeBytes, connections, tls }: Scenario): string =>
  `${kind}, ${sizeBytes} octets${connections === 'new' ? ', new connections' : ''}${tls ? ', TLS' : ''}`;

function composeNotes(fileSystem: string): string[] {
  const notes = candidates.flatMap(({ name, obstacle }) =>
    obstacle() === null ? [] : [`${name} left out: ${obstacle()}`],
  );
  if (!pathOf('smtp-source') || !pathOf('smtp-sink'))
    notes.push('Generator and sink are our own, which take more of the machine: apt-get install postfix.');
  if (!pathOf('strace')) notes.push('Syncs are not counted: apt-get install strace.');
  if (fileSystem === 'tmpfs')
    notes.push('Syncs cost nothing on a tmpfs: set TMPDIR to a directory on a disk.');
  return notes;
}
