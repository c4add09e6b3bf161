/**
 * Runs one command line and returns the exit code. A fault is reported in one line on stderr, with its stack
 * trace only if MAILPAIR_DEBUG is set.
 */
import { packageVersion } from '@mailpair/shared/platform/process/package-version';
import { becameAccount } from '@mailpair/shared/platform/process/privileges';
import { visibleLines } from '@mailpair/shared/platform/values/printable';
import { findVerb, readArgs, type CommandLine } from './framework/command-line.ts';
import { overview, verbHelp, verbLines } from './framework/help.ts';
import { UsageError } from './framework/verb.ts';
import type { Io, ListedVerb, Verb } from './framework/verb.ts';

export async function run(
  argv: readonly string[],
  verbs: readonly ListedVerb[],
  streams: Io,
): Promise<number> {
  const io = printableIo(streams);
  let listed: ListedVerb | undefined;
  let verb: Verb | undefined;
  try {
    const line = findVerb(argv, verbs);
    if (line.kind === 'overview') return tell(io, overview(verbs));
    if (line.kind === 'version') return tell(io, packageVersion());
    if (line.kind === 'family') return tellFamily(io, line);
    listed = line.verb;
    verb = await listed.load();
    if (line.kind === 'help') return tell(io, verbHelp(listed, verb));
    return await verb.run(readArgs(verb, line.rest, io.env), io);
  } catch (error) {
    io.err(faultLine(error, listed?.name, verb?.usage));
    if (io.env['MAILPAIR_DEBUG'] && error instanceof Error) io.err(error.stack ?? '');
    return 2;
  }
}

/**
 * Escapes control characters in all output, so that text from other hosts cannot control the terminal. Verbs
 * themselves must handle line ends in such text.
 */
const printableIo = (io: Io): Io => ({
  ...io,
  out: (text) => io.out(visibleLines(text)),
  err: (text) => io.err(visibleLines(text)),
});

function tell(io: Io, text: string): number {
  io.out(text);
  return 0;
}

function tellFamily(io: Io, { noun, verbs, wantsHelp }: Extract<CommandLine, { kind: 'family' }>): number {
  if (wantsHelp) return tell(io, verbLines(verbs));
  io.err(`mailpair ${noun}: which verb?\n${verbLines(verbs)}`);
  return 2;
}

function faultLine(error: unknown, name: string | undefined, usage: string | undefined): string {
  const command = name === undefined ? 'mailpair' : `mailpair ${name}`;
  const message = error instanceof Error ? error.message : String(error);
  const usageLine = error instanceof UsageError && usage !== undefined ? `\nusage: mailpair ${usage}` : '';
  return `${command}: ${message}${usageLine}${whoIsRefused(error)}`;
}

/** If a file was refused, names the account that this process changed to; root itself could read it. */
function whoIsRefused(error: unknown): string {
  const { code, cause } = (error ?? {}) as NodeJS.ErrnoException;
  const isRefused = [code, (cause as NodeJS.ErrnoException | undefined)?.code].includes('EACCES');
  const account = becameAccount();
  if (!isRefused || account === undefined) return '';
  return `\nroot ran this as ${account}, the owner of the spool: let that account read or write there, or use stdin and stdout`;
}
