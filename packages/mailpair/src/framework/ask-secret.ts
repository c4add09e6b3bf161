/**
 * Reads secrets: from a terminal without echo, from a pipe its first line.
 *
 * @throws if the user cancels (Ctrl-C, Ctrl-D) or the input ends
 */
import type { Io } from './verb.ts';

/** The answers in the order of the prompts. A pipe gets no prompts and contains one answer. */
export async function askSecrets(prompts: readonly string[], { stdin, err }: Io): Promise<string[]> {
  stdin.setEncoding('utf8');
  if (!stdin.isTTY) return [await firstLine(stdin)];
  const keys = keysOf(stdin);
  stdin.setRawMode?.(true);
  try {
    const answers: string[] = [];
    for (const prompt of prompts) {
      err(prompt);
      answers.push(await typedLine(keys));
    }
    return answers;
  } finally {
    stdin.setRawMode?.(false);
    await keys.return();
  }
}

async function firstLine(stdin: Io['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split(/\r?\n/)[0] ?? '';
}

async function* keysOf(stdin: Io['stdin']): AsyncGenerator<string, void, void> {
  for await (const chunk of stdin) yield* String(chunk);
}

const [enter, newline, ctrlC, ctrlD, backspace, del] = ['\r', '\n', '\x03', '\x04', '\b', '\x7f'];

async function typedLine(keys: AsyncGenerator<string, void, void>): Promise<string> {
  let typed: string[] = [];
  for (;;) {
    const { value: key, done } = await keys.next();
    if (done || key === ctrlC || key === ctrlD) throw new Error('no password was given');
    if (key === enter || key === newline) return typed.join('');
    typed = key === backspace || key === del ? typed.slice(0, -1) : [...typed, key];
  }
}
