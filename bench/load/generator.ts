/** Who sends: smtp-source of the Postfix package, or our own where that is missing or cannot. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { atEnd } from '../endings.ts';
import { pathOf } from '../program.ts';
import type { Scenario } from '../result.ts';
import type { Order, Report } from './own-generator.ts';

export interface Load extends Omit<Scenario, 'kind'> {
  readonly messages: number;
  /** The address that the candidate listens on. */
  readonly host: string;
  readonly recipient: string;
  /** A message to send in place of a made-up one, lines ending in LF; only smtp-source can. */
  readonly messageFile: string | null;
  /** The time of each message is wanted, which only our own generator tells. */
  readonly isTimed: boolean;
}

export const generatorName = (): string =>
  pathOf('smtp-source') ? 'smtp-source' : 'bench/load/own-generator.ts';

/**
 * Resolves when every message was answered 250. The report is there when our own generator sent them.
 * @throws with the reply when one was answered otherwise
 */
export async function generate(port: number, load: Load): Promise<Report | null> {
  const program = load.tls || load.isTimed ? null : pathOf('smtp-source');
  const [command = '', ...args] = program === null ? ownWords(port, load) : sourceWords(program, port, load);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const forget = atEnd(() => void child.kill('SIGKILL'));
  let said = '';
  let report = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  child.stdout.on('data', (piece: Buffer) => (report += piece.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  await forget();
  if (code !== 0)
    throw new Error(`the generator ended with ${signal ?? `status ${code}`}: ${said.slice(0, 500)}`);
  return program === null ? (JSON.parse(report) as Report) : null;
}

function ownWords(port: number, load: Load): string[] {
  const { host, messages, sizeBytes, sessions, recipient, connections, tls } = load;
  const order: Order = { host, port, messages, sizeBytes, sessions, recipient, connections, tls };
  return [process.execPath, join(import.meta.dirname, 'own-generator.ts'), JSON.stringify(order)];
}

function sourceWords(program: string, port: number, load: Load): string[] {
  const { host, messages, sizeBytes, sessions, recipient, connections, messageFile } = load;
  const addresses = ['-f', 'sender@sender.example', '-t', recipient];
  const content = messageFile === null ? ['-l', String(sizeBytes)] : ['-F', messageFile];
  const amounts = ['-s', String(sessions), '-m', String(messages), ...content];
  const keeping = connections === 'kept' ? ['-d'] : [];
  return [program, ...keeping, '-M', 'client.example', ...amounts, ...addresses, `${host}:${port}`];
}
