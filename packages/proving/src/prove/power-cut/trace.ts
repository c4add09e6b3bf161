/**
 * Parses the output of `strace -f -ttt -xx -y` for a gateway: the calls that change files below one
 * directory, and writes to sockets. Failed calls are ignored. Pure.
 *
 * Octets and paths are in hexadecimal (`\x2f`). A call that is interrupted by calls of other threads has two
 * lines, `<unfinished ...>` and `<... write resumed>`.
 */
import { join } from 'node:path';
import type { Deed, Operation } from './operation.ts';

/** The system calls to record. */
const tracedCalls = [
  ...['open', 'openat', 'creat', 'close', 'lseek', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'],
  ...['fsync', 'fdatasync', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
  ...['mkdir', 'mkdirat', 'truncate', 'ftruncate', 'sendto', 'sendmsg'],
] as const;

export const straceWords = (output: string): string[] => [
  ...['strace', '-D', '-f', '--seccomp-bpf', '-ttt', '-xx', '-y', '-s', '4194304', '-o', output],
  ...['-e', `trace=${tracedCalls.join()}`],
];

interface OpenFile {
  readonly isSynced: boolean;
  readonly isAppended: boolean;
  position: number;
}

interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: number;
  /** The text after the result. */
  readonly rest: string;
}

const HEX = '(?:\\\\x[0-9a-f]{2})*';
const fileOf = new RegExp(`^(\\d+)<(${HEX})>`);
const strings = new RegExp(`"(${HEX})"`, 'g');
const folder = new RegExp(`^(?:AT_FDCWD|\\d+)<(${HEX})>`);
const SOCKET = 'socket:';

export function readTrace(text: string, directory: string): Operation[] {
  const reader = new TraceReader(directory);
  let line = 0;
  for (let from = 0; from < text.length; line += 1) {
    const end = text.indexOf('\n', from);
    reader.read(text.slice(from, end < 0 ? text.length : end), line);
    from = end < 0 ? text.length : end + 1;
  }
  return reader.operations.sort((a, b) => a.begin - b.begin);
}

class TraceReader {
  readonly operations: Operation[] = [];
  readonly #directory: string;
  /** By file descriptor, because threads share descriptors. */
  readonly #files = new Map<number, OpenFile>();
  readonly #sizes = new Map<string, number>();
  readonly #unfinished = new Map<string, { readonly text: string; readonly begin: number }>();

  constructor(directory: string) {
    this.#directory = `${directory}/`;
  }

  read(line: string, number: number): void {
    const head = /^(\d+) +(\d+\.\d+) /.exec(line);
    if (!head) return;
    const [{ length }, thread = '', seconds = ''] = head;
    let text = line.slice(length);
    let begin = number;
    if (text.endsWith('<unfinished ...>')) {
      this.#unfinished.set(thread, { text: text.slice(0, -'<unfinished ...>'.length).trimEnd(), begin });
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    if (resumed) {
      const before = this.#unfinished.get(thread);
      if (!before) return;
      this.#unfinished.delete(thread);
      text = before.text + text.slice(resumed[0].length);
      ({ begin } = before);
    }
    const call = callIn(text);
    if (!call || call.result < 0) return;
    for (const deed of this.#deedsOf(call))
      this.operations.push({ ...deed, begin, end: number, atMs: Number(seconds) * 1000 });
  }

  #deedsOf(call: Call): Deed[] {
    const { name, args, result } = call;
    switch (name) {
      case 'open':
      case 'openat':
      case 'creat':
        return this.#open(call);
      case 'close':
        this.#files.delete(Number.parseInt(args, 10));
        return [];
      case 'lseek':
        return this.#seek(call);
      case 'write':
      case 'writev':
      case 'sendto':
      case 'sendmsg':
        return this.#write(call, undefined);
      case 'pwrite64':
      case 'pwritev':
        return this.#write(call, lastNumber(args));
      case 'pwritev2':
        return this.#write(call, lastNumber(args.slice(0, args.lastIndexOf(','))));
      case 'fsync':
      case 'fdatasync':
        return this.#ours([pathOfFile(args)]).map(([path]) => ({ kind: 'sync', path }));
      case 'ftruncate':
        return this.#truncate(pathOfFile(args), args);
      case 'truncate':
        return this.#truncate(namesIn(args)[0] ?? '', args);
      case 'rename':
      case 'renameat':
      case 'renameat2':
        return this.#ours(namesIn(args)).map(([from, to]) => {
          this.#sizes.set(to, this.#sizes.get(from) ?? 0);
          this.#sizes.delete(from);
          return { kind: 'rename', from, to };
        });
      case 'link':
      case 'linkat':
        return this.#ours(namesIn(args)).map(([from, to]) => ({ kind: 'link', from, to }));
      case 'unlink':
      case 'unlinkat':
        return this.#ours(namesIn(args)).map(([path]) => {
          this.#sizes.delete(path);
          return { kind: 'unlink', path };
        });
      case 'mkdir':
      case 'mkdirat':
        return this.#ours(namesIn(args)).map(([path]) => ({ kind: 'mkdir', path }));
      default:
        throw new Error(`an unknown call was recorded: ${name} = ${result}`);
    }
  }

  /** The distinct names that are below the directory. */
  #ours(names: readonly string[]): [string, string][] {
    const isOurs = names.length > 0 && names.some((name) => `${name}/`.startsWith(this.#directory));
    return isOurs ? [[names[0] ?? '', names[1] ?? '']] : [];
  }

  #open({ args, result, rest }: Call): Deed[] {
    const path = textOf(/^<((?:\\x[0-9a-f]{2})*)>/.exec(rest)?.[1] ?? '');
    this.#files.set(result, {
      isSynced: /\bO_D?SYNC\b/.test(args),
      isAppended: /\bO_APPEND\b/.test(args),
      position: 0,
    });
    if (this.#ours([path]).length === 0) return [];
    const deeds: Deed[] = [];
    if (/\bO_CREAT\b/.test(args)) deeds.push({ kind: 'create', path });
    const empties = /\bO_TRUNC\b/.test(args);
    if (empties) deeds.push({ kind: 'truncate', path, sizeBytes: 0 });
    if (empties || !this.#sizes.has(path)) this.#sizes.set(path, 0);
    return deeds;
  }

  #seek({ args, result }: Call): Deed[] {
    const file = this.#files.get(Number.parseInt(args, 10));
    if (file) file.position = result;
    return [];
  }

  #write({ args, result }: Call, given: number | undefined): Deed[] {
    const [, number = '', hexPath = ''] = fileOf.exec(args) ?? [];
    const path = textOf(hexPath);
    const isSocket = path.startsWith(SOCKET);
    if (!isSocket && this.#ours([path]).length === 0) return [];
    const pieces = [...args.matchAll(strings)].map(([, hex = '']) => octetsOf(hex));
    const octets = Buffer.concat(pieces).subarray(0, result);
    if (isSocket) return [{ kind: 'say', octets }];
    const file = this.#files.get(Number(number));
    const size = this.#sizes.get(path) ?? 0;
    const at = given ?? (file?.isAppended ? size : (file?.position ?? 0));
    if (given === undefined && file) file.position = at + octets.length;
    this.#sizes.set(path, Math.max(size, at + octets.length));
    return [{ kind: 'write', path, at, octets, isSynced: file?.isSynced ?? false }];
  }

  #truncate(path: string, args: string): Deed[] {
    const sizeBytes = lastNumber(args);
    this.#sizes.set(path, sizeBytes);
    return this.#ours([path]).map(() => ({ kind: 'truncate', path, sizeBytes }));
  }
}

/** For example `write(5<…>, "…", 4) = 4`. */
function callIn(text: string): Call | undefined {
  const name = /^(\w+)\(/.exec(text)?.[1];
  const end = text.lastIndexOf(') ');
  const result = /^\) += (-?\d+)/.exec(text.slice(end));
  if (name === undefined || end < 0 || !result) return undefined;
  return {
    name,
    args: text.slice(name.length + 1, end),
    result: Number(result[1]),
    rest: text.slice(end + result[0].length),
  };
}

const lastNumber = (args: string): number => Number(/, (\d+)$/.exec(args)?.[1]);

const pathOfFile = (args: string): string => textOf(fileOf.exec(args)?.[2] ?? '');

/** The path arguments of a call, each joined to the directory descriptor that precedes it. */
function namesIn(args: string): string[] {
  const inFolder = textOf(folder.exec(args)?.[1] ?? '');
  return [...args.matchAll(strings)].map(([, hex = '']) => {
    const name = textOf(hex);
    return name.startsWith('/') ? name : join(inFolder, name);
  });
}

const octetsOf = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');
const textOf = (hex: string): string => octetsOf(hex).toString();
