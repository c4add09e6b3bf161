/**
 * The interface of a verb of the `mailpair` command. Results are written to stdout, messages to stderr. A
 * verb returns 0 if it succeeded and 1 if the result is negative. It throws a fault, which is reported in one
 * line with exit code 2.
 */
import type { Readable } from 'node:stream';
import type { ParseArgsOptionsConfig } from 'node:util';

/** The access of a verb to the process. */
export interface Io {
  /** Writes one or more lines of results and adds a line end. */
  out(text: string): void;
  /** Writes octets of results unchanged, or in printable form if stdout is a terminal. */
  octets(data: Buffer): void;
  /** Resolves when the reader of stdout is ready for more, so that long output does not fill the memory. */
  taken(): Promise<void>;
  /** Writes one or more lines for the user to stderr and adds a line end. */
  err(text: string): void;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface VerbArgs {
  /** The path of the configuration file. */
  readonly config: string;
  /** The values of `--set`. */
  readonly sets: readonly string[];
  readonly json: boolean;
  /** The options of the verb, as declared in `options`. */
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** The arguments that are not options. */
  readonly operands: readonly string[];
}

/** A verb in the list, with everything that the overview needs. */
export interface ListedVerb {
  /** One or two words: `queue`, `config check`. */
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  load(): Promise<Verb>;
}

export interface Verb {
  /** The usage after `mailpair `: `config check [--role inbound|outbound]`. */
  readonly usage: string;
  /** The description, with examples. */
  readonly help: string;
  /** Options in addition to --config, --set, --json and --help, in the form of parseArgs in node:util. */
  readonly options?: ParseArgsOptionsConfig;
  run(args: VerbArgs, io: Io): Promise<number>;
}

/** The command line is wrong; the usage is reported with the message. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The value of the option; undefined if it was not given. */
export function textOption({ options }: VerbArgs, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of an option that accepts only the given words. */
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

/** @throws UsageError unless the number of operands is within the limits */
export function expectOperands({ operands }: VerbArgs, least: number, most: number): void {
  if (operands.length < least) throw new UsageError('an argument is missing');
  if (operands.length > most) throw new UsageError(`${operands[most]} is one argument too many`);
}
