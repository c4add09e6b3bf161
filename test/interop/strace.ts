/**
 * What a running process asks of the kernel, as strace sees it: each system call with the places in the log where it
 * began and where it ended, so that "after" can be told from "at the same time", whichever thread it was.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Context } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';
import { needProgram } from './programs.ts';

export interface Call {
  readonly name: string;
  /** As strace writes them: `21</path/of/file>, "octets"..., 4096`. */
  readonly args: string;
  /** `0`, `4096`, `-1 ENOSPC (No space left on device)`; '' for a call that never ended. */
  readonly result: string;
  /** Numbers of lines. */
  readonly begin: number;
  readonly end: number;
}

export interface Trace {
  /** Lets go of the process. @returns what it did meanwhile */
  end(): Promise<Call[]>;
}

/** Skips the running test, or its suite, where strace is missing or may not trace. */
export async function needStrace(context: Context): Promise<void> {
  const strace = needProgram(context, 'strace');
  const { code, stderr } = await runCommand(strace, ['-o', '/dev/null', 'true']);
  if (code !== 0) skipBecause(context, `strace may not trace here: ${stderr.trim()}`);
}

/** Resolves when all threads of the process are being traced. `logFile` is written meanwhile. */
export async function traceProcess(pid: number, names: readonly string[], logFile: string): Promise<Trace> {
  const options = ['-f', '-yy', '-s', '4194304', '-e', `trace=${names.join()}`, '-e', 'signal=none'];
  const strace = spawn('strace', [...options, '-o', logFile, '-p', `${pid}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(strace, 'close');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (/attached/.test(said)) resolve();
    });
    ended.then(() => reject(new Error(`strace does not trace process ${pid}: ${said}`)), reject);
  });
  return {
    async end() {
      strace.kill('SIGINT');
      await ended;
      return parseTrace(readFileSync(logFile, 'latin1'));
    },
  };
}

/** The calls in the order in which they ended. A call during which others were seen is told in two halves. */
function parseTrace(log: string): Call[] {
  const begun = new Map<string, Omit<Call, 'result' | 'end'>>();
  const calls: Call[] = [];
  for (const [number, line] of log.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>(.*)\) += (.*)$/.exec(rest);
    const half = /^(\w+)\((.*?),? *<unfinished \.\.\.>$/.exec(rest);
    const whole = /^(\w+)\((.*)\) += (.*)$/.exec(rest);
    if (resumed) {
      const first = begun.get(thread);
      begun.delete(thread);
      if (first)
        calls.push({
          ...first,
          args: first.args + (resumed[2] ?? ''),
          result: resumed[3] ?? '',
          end: number,
        });
    } else if (half) begun.set(thread, { name: half[1]!, args: half[2]!, begin: number });
    else if (whole)
      calls.push({ name: whole[1]!, args: whole[2]!, result: whole[3]!, begin: number, end: number });
  }
  return [...calls, ...Array.from(begun.values(), (call) => ({ ...call, result: '', end: Infinity }))];
}

/** The file descriptor that a call is about, its first argument. */
export const descriptorOf = ({ args }: Call): number => Number(/^(\d+)/.exec(args)?.[1] ?? NaN);

/** What that descriptor is open on: a path, `TCP:[127.0.0.1:25->127.0.0.1:40000]`. */
export const placeOf = ({ args }: Call): string => /^\d+<(.*?)>(?:,|$)/.exec(args)?.[1] ?? '';

export const succeeded = ({ result }: Call): boolean => /^\d/.test(result);
