/**
 * Where every message ends: smtp-sink of the Postfix package, or our own where that is missing. Both print
 * `mesg=COUNT` as they take messages; the count is read from the end of that output now and then.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../test/support/ports.ts';
import { octetsReadBy } from '../process-tree.ts';
import { endOf, pathOf, startProgram, untilGreeting } from '../program.ts';

export interface Sink {
  readonly port: number;
  /** Messages taken since it started. */
  count(): number;
  /** Octets that it has read so far, commands included; null where the kernel does not count them. */
  octets(): number | null;
  /**
   * Resolves when it has taken that many.
   * @throws with what is missing when none came for STALL_MS
   */
  reaches(count: number): Promise<void>;
  stop(): Promise<void>;
}

const STALL_MS = 30_000;
const LOOK_MS = 5;

export const sinkName = (): string => (pathOf('smtp-sink') ? 'smtp-sink' : 'bench/load/own-sink.ts');

export async function openSink(directory: string): Promise<Sink> {
  const [port = 0] = await freePorts(1);
  const output = join(directory, 'sink.out');
  const program = await startProgram(command(port), { output });
  await untilGreeting(
    port,
    () => program.ended !== undefined,
    () => endOf(output),
  );

  const count = (): number => Number(/.*mesg=(\d+)\s/s.exec(endOf(output, 200))?.[1] ?? 0);
  return {
    port,
    count,
    octets: () => octetsReadBy(program.pid),
    async reaches(wanted) {
      let last = { count: count(), at: Date.now() };
      while (last.count < wanted) {
        await pause(LOOK_MS);
        const now = count();
        if (now > last.count) last = { count: now, at: Date.now() };
        else if (Date.now() - last.at > STALL_MS)
          throw new Error(`${wanted - now} messages are missing, and none came for ${STALL_MS / 1000} s`);
      }
    },
    stop: () => program.stop(),
  };
}

/** XFORWARD and XCLIENT are not offered, as no local server does that has not been told to. */
function command(port: number): string[] {
  const program = pathOf('smtp-sink');
  if (program === null) return [process.execPath, join(import.meta.dirname, 'own-sink.ts'), String(port)];
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  return [program, '-c', '-F', '-C', ...account, `127.0.0.1:${port}`, '1024'];
}
