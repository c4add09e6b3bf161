/**
 * The arguments of the shell scripts in the guides, and the POSIX sh code that reads them. A password is read
 * from a file, because every user of the machine can read the arguments of a process.
 */
import type { PairFacts } from './facts.ts';
import type { Step } from './guide.ts';

/** What `--config` names: a directory or a file. */
export interface ConfigArgument {
  readonly kind: 'DIR' | 'FILE';
  /** The default of `--config`; '' if the script searches for it. */
  readonly preset: string;
}

/**
 * A step that sets `config`, and `user` and `password` if the server authenticates. The script stops before
 * any change if one of them is missing or invalid. Their values need no further quoting in a here-document, a
 * sed pattern or double quotes.
 *
 * @returns no step if the script needs no arguments
 */
export function argumentsStep({ credentials }: PairFacts, config: ConfigArgument | null): Step[] {
  const options = [
    ...(credentials ? ['--user NAME', '--password-file FILE'] : []),
    ...(config ? [`[--config ${config.kind}]`] : []),
  ];
  if (options.length === 0) return [];
  const text = [
    `Run it as: sh SCRIPT ${options.join(' ')}`,
    ...(credentials ? [AS_WHO] : []),
    ...(config ? [whereConfig(config)] : []),
  ];
  return [{ title: 'Read the arguments', text: text.join('\n'), code: codeOf(options, credentials, config) }];
}

const AS_WHO =
  'On outbound "mailpair password NAME" makes the user: its output is a line for the file of outbound.users. NAME is ' +
  'named in submitters.servers. The file FILE has the password in its first line; delete it afterwards.';

const whereConfig = ({ kind, preset }: ConfigArgument): string =>
  `--config names another ${kind === 'DIR' ? 'directory' : 'file'} of the configuration than ${preset || 'the usual one'}.`;

const codeOf = (options: readonly string[], credentials: boolean, config: ConfigArgument | null): string =>
  [
    'set -e',
    `usage() { printf '%s\\n' "$1" 'usage: sh SCRIPT ${options.join(' ')}' >&2; exit 2; }`,
    ...(credentials ? ["user='' password_file='' password=''"] : []),
    ...(config ? [`config='${config.preset}'`] : []),
    'while [ $# -gt 0 ]; do',
    '  [ $# -gt 1 ] || usage "the value of $1 is missing"',
    '  case $1 in',
    ...(credentials ? ['    --user) user=$2 ;;', '    --password-file) password_file=$2 ;;'] : []),
    ...(config ? ['    --config | -c) config=$2 ;;'] : []),
    '    *) usage "there is no option $1" ;;',
    '  esac',
    '  shift 2',
    'done',
    ...(credentials ? CHECK_CREDENTIALS : []),
    ...(config ? checkConfig(config) : []),
  ].join('\n');

const CHECK_CREDENTIALS = [
  'case $user in',
  "  '' | USER | NAME) usage '--user is missing: the name of the user on outbound' ;;",
  "  *[!A-Za-z0-9._@+=-]*) usage '--user has other characters than letters, digits and . _ @ + = -' ;;",
  'esac',
  '[ -f "$password_file" ] && [ -r "$password_file" ] || usage \'--password-file is missing, or no file that can be read\'',
  'IFS= read -r password <"$password_file" || [ -n "$password" ] || usage "$password_file is empty"',
  'case $password in',
  '  \'\' | PASSWORD | *[[:cntrl:]]*) usage "the first line of $password_file is no password" ;;',
  'esac',
];

const checkConfig = ({ kind, preset }: ConfigArgument): string[] => [
  'case $config in',
  "  *[!A-Za-z0-9/._-]*) usage '--config has other characters than letters, digits and / . _ -' ;;",
  `  ${preset === '' ? "'' | /*" : '/*'}) ;;`,
  "  *) usage '--config is a path that begins with /' ;;",
  'esac',
  `[ ${preset === '' ? '-z "$config" ] || [ ' : ''}${kind === 'DIR' ? '-d' : '-f'} "$config" ] || usage "$config is no ${
    kind === 'DIR' ? 'directory' : 'file'
  }"`,
];
