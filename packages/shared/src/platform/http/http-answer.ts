/** What a route of the HTTP listener answers when it is not plain JSON with 200. */
import type { Readable } from 'node:stream';

export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;

  constructor(
    body: string | Buffer | Readable,
    { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
  ) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }

  static json(
    value: unknown,
    { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
  ): Answer {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    return new Answer(JSON.stringify(value), { status, headers: { ...type, ...headers } });
  }
}
