/** Asks the person at the terminal. */
import { visible } from '../values/printable.ts';
import type { Io } from './verb.ts';

export async function confirm(question: string, { stdin, err }: Io): Promise<boolean> {
  err(visible(question));
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return /^y(es)?\s*$/i.test(text.split('\n')[0] ?? '');
}
