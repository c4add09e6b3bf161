/** The help of the `mailpair` command. */
import { defaultConfig } from './command-line.ts';
import type { ListedVerb, Verb } from './verb.ts';

export const globalOptionsHelp = `Options of every verb:
  --config FILE      the configuration; default $MAILPAIR_CONFIG, else ${defaultConfig}
  --set KEY=VALUE    override one key of the file and the environment; may be repeated
  --json             data as JSON, for scripts
  -h, --help         what the verb does, with examples

Results are written to stdout, messages to stderr. Exit: 0 done, 1 the check failed or nothing was found, 2 usage or fault.`;

/** One line for each verb, with its summary. */
export function verbLines(verbs: readonly ListedVerb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  return verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}

export function overview(verbs: readonly ListedVerb[]): string {
  return [
    'mailpair VERB [OPTION …]: the tool of a pair of mail gateways',
    '',
    'Verbs ("mailpair VERB --help" shows more):',
    verbLines(verbs),
    '',
    globalOptionsHelp,
    '',
    'To begin: write the configuration, then check it on each host:',
    '  mailpair config check --role inbound',
    '  mailpair config check --role outbound',
  ].join('\n');
}

export function verbHelp({ summary }: ListedVerb, { usage, help }: Verb): string {
  return [`mailpair ${usage}`, '', `${summary}.`, '', help.trim(), '', globalOptionsHelp].join('\n');
}
