/**
 * Parses a command line into a verb, its options and its operands. Options may precede or follow the verb.
 */
import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { nearestName } from '@mailpair/shared/config/schema/nearest-name';
import { UsageError } from './verb.ts';
import type { ListedVerb, Verb, VerbArgs } from './verb.ts';

export const defaultConfig = '/etc/mailpair/mailpair.yaml';

const globalOptions = {
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export type CommandLine =
  | { readonly kind: 'overview' }
  | { readonly kind: 'version' }
  /** A noun without a verb: the verbs of that noun. */
  | {
      readonly kind: 'family';
      readonly noun: string;
      readonly verbs: readonly ListedVerb[];
      readonly wantsHelp: boolean;
    }
  | { readonly kind: 'help'; readonly verb: ListedVerb }
  | { readonly kind: 'run'; readonly verb: ListedVerb; readonly rest: readonly string[] };

/** @throws UsageError if no verb, or an unknown verb, is given */
export function findVerb(argv: readonly string[], verbs: readonly ListedVerb[]): CommandLine {
  const args = argv[0] === '--' ? argv.slice(1) : [...argv]; // package managers may pass the separator on
  const { tokens, values } = parseArgs({ args, options: globalOptions, strict: false, tokens: true });
  const positionals = tokens.filter((token) => token.kind === 'positional');
  const asksHelp = positionals[0]?.value === 'help';
  const words = asksHelp ? positionals.slice(1) : positionals;
  const wantsHelp = asksHelp || values.help === true;

  if (words.length === 0 && values.version) return { kind: 'version' };
  if (words.length === 0 && wantsHelp) return { kind: 'overview' };
  if (words.length === 0) throw new UsageError('which verb? "mailpair --help" lists them');
  const named = words.map(({ value }) => value);
  const family = familyOf(named, verbs);
  if (family) return { kind: 'family', wantsHelp, ...family };
  const verb = match(named, verbs);
  if (wantsHelp) return { kind: 'help', verb };
  const used = new Set(words.slice(0, verb.name.split(' ').length).map(({ index }) => index));
  return { kind: 'run', verb, rest: args.filter((_, index) => !used.has(index)) };
}

/** The verbs of a noun that is not a verb itself. */
function familyOf(words: readonly string[], verbs: readonly ListedVerb[]) {
  const [noun = '', ...others] = words;
  if (others.length > 0 || verbs.some(({ name }) => name === noun)) return undefined;
  const family = verbs.filter(({ name }) => name.startsWith(`${noun} `));
  return family.length > 0 ? { noun, verbs: family } : undefined;
}

function match(words: readonly string[], verbs: readonly ListedVerb[]): ListedVerb {
  const two = words.slice(0, 2).join(' ');
  const [one = ''] = words;
  const verb = verbs.find(({ name }) => name === two) ?? verbs.find(({ name }) => name === one);
  if (verb) return verb;
  const names = verbs.map(({ name }) => name);
  const family = names.filter((name) => name.startsWith(`${one} `));
  const meant = nearestName(two, names) ?? nearestName(one, names);
  if (meant !== undefined) throw new UsageError(`${two} is no verb; did you mean ${meant}?`);
  const hint = family.length > 0 ? `there is ${family.join(', ')}` : '"mailpair --help" lists them';
  throw new UsageError(`${two} is no verb; ${hint}`);
}

/** @throws UsageError for an option that is unknown to the verb, or that lacks its value */
export function readArgs(
  verb: Verb,
  rest: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): VerbArgs {
  const { values, positionals } = parseStrictly(verb, rest);
  const { config, set, json, ...options } = values;
  return {
    config: typeof config === 'string' ? config : env['MAILPAIR_CONFIG'] || defaultConfig,
    sets: Array.isArray(set) ? set.map(String) : [],
    json: json === true,
    options,
    operands: positionals,
  };
}

function parseStrictly(verb: Verb, rest: readonly string[]) {
  const options: ParseArgsOptionsConfig = { ...verb.options, ...globalOptions };
  try {
    return parseArgs({ args: [...rest], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message.split(/[.\n]/)[0] ?? message);
    const meant = nearestName(unknown, Object.keys(options));
    throw new UsageError(
      `there is no option ${unknown}${meant === undefined ? '' : `; did you mean --${meant}?`}`,
    );
  }
}
