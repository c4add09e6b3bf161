/** Who sends: smtp-source of the Postfix package, or our own where that is missing. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { atEnd } from '../endings.ts';
import { pathOf } from '../program.ts';

export interface Load {
  readonly messages: number;
  /** Octets of the body. */
  readonly sizeBytes: number;
  /** The address that the candidate listens on. */
  readonly host: string;
  /** Sessions at the same time. */
  readonly sessions: number;
  readonly recipient: string;
  /** A message to send in place of a made-up one, lines ending in LF; only smtp-source can. */
  readonly messageFile: string | null;
}

export const generatorName = (): string =>
  pathOf('smtp-source') ? 'smtp-source' : 'bench/load/own-generator.ts';

/**
 * Sends over connections that are used again and again; resolves when every message was answered 250.
 * @throws with the reply when one was answered otherwise
 */
export async function generate(port: number, load: Load): Promise<void> {
  const [command = '', ...args] = words(port, load);
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const forget = atEnd(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  await forget();
  if (code !== 0)
    throw new Error(`the generator ended with ${signal ?? `status ${code}`}: ${said.slice(0, 500)}`);
}

function words(port: number, load: Load): string[] {
  const { host, messages, sizeBytes, sessions, recipient, messageFile } = load;
  const program = pathOf('smtp-source');
  const numbers = [port, sessions, sizeBytes, messages].map(String);
  if (program === null)
    return [process.execPath, join(import.meta.dirname, 'own-generator.ts'), ...numbers, recipient];
  const addresses = ['-f', 'sender@sender.example', '-t', recipient];
  const content = messageFile === null ? ['-l', String(sizeBytes)] : ['-F', messageFile];
  const amounts = ['-s', String(sessions), '-m', String(messages), ...content];
  return [program, '-d', '-M', 'client.example', ...amounts, ...addresses, `${host}:${port}`];
}
