/** Documents of JSON over /api, one a line: some of them at a time, no faster than they are read. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Answer } from '../platform/http/http-answer.ts';

export type Lines = AsyncIterable<readonly string[]>;

/** application/x-ndjson. */
export const answerLines = (all: Lines): Answer =>
  new Answer(Readable.from(octetsOf(all)), { headers: { 'content-type': 'application/x-ndjson' } });

async function* octetsOf(all: Lines): AsyncIterable<Buffer> {
  for await (const lines of all) yield Buffer.from(`${lines.join('\n')}\n`);
}

/** The other side. */
export async function* linesOf(answer: IncomingMessage): Lines {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

export async function* eachLine(all: Lines): AsyncIterable<string> {
  for await (const lines of all) yield* lines;
}
