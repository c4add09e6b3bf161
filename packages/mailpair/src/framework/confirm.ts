/** Asks the user at the terminal for confirmation. */
import { visible } from '@mailpair/shared/platform/values/printable';
import { UsageError, type Io, type VerbArgs } from './verb.ts';

export const yesOption = { yes: { type: 'boolean' } } as const;

/**
 * Whether --yes was given.
 *
 * @throws UsageError if it was not given and stdin is not a terminal
 */
export function isSure({ options }: VerbArgs, { stdin }: Io): boolean {
  const sure = options['yes'] === true;
  if (!sure && stdin.isTTY !== true) throw new UsageError('there is no terminal to ask on: give --yes');
  return sure;
}

export async function confirm(question: string, { stdin, err }: Io): Promise<boolean> {
  err(visible(question));
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return /^y(es)?\s*$/i.test(text.split('\n')[0] ?? '');
}
