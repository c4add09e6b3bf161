/**
 * What a verb of the `mailpair` command is. stdout is data, stderr is talk. A verb gives 0 when it is done, 1 when
 * the answer is no; a fault is thrown, reported in one line and exits 2.
 */
import type { Readable } from 'node:stream';
import type { ParseArgsOptionsConfig } from 'node:util';

/** What a verb may touch of the process. */
export interface Io {
  /** One or more lines of data; a line end is added. */
  out(text: string): void;
  /** Octets of data as they are; made printable where stdout is a terminal. */
  octets(data: Buffer): void;
  /** Resolves when whoever reads stdout has taken enough of it: what is long is told no faster. */
  taken(): Promise<void>;
  /** One or more lines for the person at the terminal; a line end is added. */
  err(text: string): void;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface VerbArgs {
  /** Path of the configuration. */
  readonly config: string;
  /** The arguments of `--set`. */
  readonly sets: readonly string[];
  readonly json: boolean;
  /** The verb's own options, as `options` declares them. */
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** What is no option. */
  readonly operands: readonly string[];
}

/** A verb in the table: all that the overview needs of it. */
export interface ListedVerb {
  /** One word or two, `queue`, `config check`. */
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  load(): Promise<Verb>;
}

export interface Verb {
  /** What follows `mailpair `, `config check [--role inbound|outbound]`. */
  readonly usage: string;
  /** What it does, with examples. */
  readonly help: string;
  /** Options beyond --config, --set, --json and --help, as node:util parseArgs takes them. */
  readonly options?: ParseArgsOptionsConfig;
  run(args: VerbArgs, io: Io): Promise<number>;
}

/** The command was not written as it must be; the usage is told with the message. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The option's text; undefined when it was not given. */
export function textOption({ options }: VerbArgs, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The option's word, one of a few. */
export function choiceOption<const T extends string>(
  args: VerbArgs,
  name: string,
  words: readonly T[],
): T | undefined {
  const value = textOption(args, name);
  if (value === undefined) return undefined;
  const word = words.find((word) => word === value);
  if (word === undefined) throw new UsageError(`--${name} is ${words.join(' or ')}, not ${value}`);
  return word;
}

/** @throws UsageError unless there are so many operands */
export function expectOperands({ operands }: VerbArgs, least: number, most: number): void {
  if (operands.length < least) throw new UsageError('an argument is missing');
  if (operands.length > most) throw new UsageError(`${operands[most]} is one argument too many`);
}
