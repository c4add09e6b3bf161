/**
 * Reads the messages in files and directories: a file with one message, an mbox, a maildir, or a tree of
 * files; `-` is stdin. An mbox is recognised by its first five characters and is read in pieces, so its size
 * is not limited. The line ends of the returned messages are CRLF.
 */
import { createReadStream, opendirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Mail {
  /** The name of the file, with the number of the message in an mbox. */
  readonly name: string;
  readonly octets: Buffer;
}

/** The maximum number of octets that are read of one message. */
const MAX_BYTES = 4 * 1024 * 1024;
const SEPARATOR = Buffer.from('\nFrom ');

/** @throws if a file cannot be read */
export async function* mailIn(paths: readonly string[], stdin: Readable): AsyncIterable<Mail> {
  for (const path of paths)
    if (path === '-') yield* messagesOf('stdin', stdin);
    else for (const file of filesIn(path)) yield* messagesOf(file, createReadStream(file));
}

/**
 * The file itself, or all files below a directory except those in `tmp` of a maildir, hidden files and index
 * files.
 */
function* filesIn(path: string): Iterable<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  const directory = opendirSync(path);
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
      const inside = join(path, entry.name);
      if (entry.isDirectory() && entry.name !== 'tmp') yield* filesIn(inside);
      else if (entry.isFile() && !isIndex(entry.name)) yield inside;
    }
  } finally {
    directory.closeSync();
  }
}

const isIndex = (name: string): boolean =>
  /^(\.|dovecot|maildir|cyrus\.|subscriptions$)/.test(basename(name));

async function* messagesOf(name: string, stream: Readable): AsyncIterable<Mail> {
  let rest = Buffer.alloc(0);
  let isMbox: boolean | undefined;
  let count = 0;
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, Buffer.from(chunk as Buffer)]);
    isMbox ??= rest.length >= 5 ? rest.subarray(0, 5).toString('latin1') === 'From ' : undefined;
    if (isMbox)
      for (let end = separatorIn(rest); end >= 0; end = separatorIn(rest)) {
        yield inMbox(name, (count += 1), rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
    if (rest.length > MAX_BYTES) rest = rest.subarray(0, MAX_BYTES);
  }
  if (rest.length === 0) return;
  yield isMbox ? inMbox(name, count + 1, rest) : { name, octets: withCrLf(rest.toString('latin1')) };
}

/** The offset of the line feed before the next message, which follows an empty line. */
function separatorIn(octets: Buffer): number {
  for (let at = octets.indexOf(SEPARATOR); at >= 0; at = octets.indexOf(SEPARATOR, at + 1)) {
    const before = octets.toString('latin1', Math.max(0, at - 2), at);
    if (before.endsWith('\n') || before.endsWith('\n\r')) return at;
  }
  return -1;
}

function inMbox(name: string, number: number, octets: Buffer): Mail {
  const lines = octets.toString('latin1').replace(/^From .*\n/, '');
  return { name: `${name}: message ${number}`, octets: withCrLf(lines.replace(/^>(>*From )/gm, '$1')) };
}

const withCrLf = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
