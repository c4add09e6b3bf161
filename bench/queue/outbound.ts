/** The outbound gateway on a spool that was filled before, as a process of its own. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../test/support/ports.ts';
import { cpuMsOf } from '../process-tree.ts';
import { beginPhase, type Phase } from './phase.ts';
import { endOf, startProgram, type Program } from '../program.ts';

const checkout = join(import.meta.dirname, '../..');

export interface Outbound {
  readonly pid: number;
  readonly configFile: string;
  readonly submissionPort: number;
  readonly httpPort: number;
  /** From the start of the process until it served. */
  readonly startMs: number;
  cpuMs(): number;
  /** What it took of memory until it served. */
  readonly starting: Phase;
  /** Begins a phase, whose end tells what it took of memory. */
  beginPhase(): () => Phase;
  stop(): Promise<void>;
}

export interface OutboundOptions {
  /** Holds the spool, in `spool`. */
  readonly directory: string;
  /** By pattern of the domain, the port of the next hop. */
  readonly routes: Readonly<Record<string, number>>;
  /** Lines of configuration. */
  readonly more?: string;
  readonly profile?: string;
}

const START_MS = 300_000;

export async function startOutbound(options: OutboundOptions): Promise<Outbound> {
  const { directory, routes, more = '', profile } = options;
  const [submissionPort = 0, httpPort = 0] = await freePorts(2);
  const configFile = join(directory, 'mailpair.yaml');
  const output = join(directory, 'log');
  const lines = Object.entries(routes).map(([domain, port]) => `  "${domain}": "smtp://127.0.0.1:${port}"`);
  await writeFile(
    configFile,
    `judge: { mode: off }
domains: [hosted.example]
inbound: { host: mx-in.hosted.example, addresses: [192.0.2.10] }
outbound:
  host: mx-out.hosted.example
  addresses: [192.0.2.20]
  listen: { submission: ["127.0.0.1:${submissionPort}"], mx: [] }
  trusted: [127.0.0.0/8]
  spool: ${join(directory, 'spool')}
  http: 127.0.0.1:${httpPort}
  workers: 1
localServers: ["127.0.0.1:9"]
recipients: { verify: none }
submitters: { domains: ["*"], limited: none }
routes:
${lines.join('\n')}
${more}
`,
  );
  await writeFile(output, '');
  const profiling = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-name=cpuprofile'] : [];
  const main = join(checkout, 'packages/outbound-gateway/src/main.ts');
  const startedAt = performance.now();
  const program = await startProgram([process.execPath, ...profiling, main, '--config', configFile], {
    output,
  });
  const endStarting = beginPhase(program.pid);
  await untilStarted(program, output, startedAt + START_MS);
  const startMs = performance.now() - startedAt;
  const starting = endStarting();
  return {
    pid: program.pid,
    configFile,
    submissionPort,
    httpPort,
    startMs,
    cpuMs: () => cpuMsOf(program.pid),
    starting,
    beginPhase: () => beginPhase(program.pid),
    stop: () => program.stop(),
  };
}

async function untilStarted(program: Program, output: string, giveUpAt: number): Promise<void> {
  while (!readFileSync(output, 'utf8').slice(0, 100_000).includes('"gateway.started"')) {
    if (program.ended !== undefined || performance.now() > giveUpAt)
      throw new Error(`outbound does not start. It said:\n${endOf(output)}`);
    await pause(10);
  }
}
