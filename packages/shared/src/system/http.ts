/**
 * The HTTP listener: /healthz (alive), /readyz (accepting mail), /metrics, /api (by token). The home of find-my-way.
 */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import createRouter, { type HTTPMethod } from 'find-my-way';
import { Answer } from './http-answer.ts';
import type { Metrics } from './metrics.ts';

export interface HttpParts {
  /** An address, or the path of a socket for this account alone. */
  readonly listen: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly metrics: Pick<Metrics, 'render' | 'contentType'>;
  /** What /healthz says besides being alive. */
  health(): object;
  /** Why mail is not being accepted now; empty when it is. */
  notReady(): string[];
  /** What /api is asked with: `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Whether another `Authorization` is good for a question. */
  passes?(authorization: string, question: { readonly method: string; readonly url: string }): boolean;
  /** Routes under /api. */
  readonly api: readonly ApiRoute[];
  /** Those without token, which know by themselves who may ask. */
  readonly raw: readonly RawRoute[];
}

/** POST with octets, answered with octets. */
export interface RawRoute {
  readonly path: string;
  readonly maxBytes: number;
  run(request: RawRequest): RawAnswer;
}

export interface RawRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Address of the client. */
  readonly client: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under /api, with `:name` parts: `/queue/:id`. */
  readonly path: string;
  /** @returns an `Answer`, or what is answered as JSON; undefined is 404 */
  run(request: {
    params: Record<string, string>;
    query: Record<string, string>;
    /** What JSON came with it, of a megabyte at most. */
    body?: unknown;
  }): unknown;
}

export interface HttpListener {
  /** Of a socket its path, and port 0. */
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** @throws when the address cannot be bound, naming it */
export async function openHttp(parts: HttpParts): Promise<HttpListener> {
  const routes = routesOf(parts);
  const server = createServer((request, response) => {
    answer(routes, request).then(
      (given) => send(given, response, request.method === 'HEAD'),
      (error: unknown) => send(Answer.json({ error: (error as Error).message }, { status: 500 }), response),
    );
  });
  const { listen } = parts;
  try {
    if ('path' in listen) rmSync(listen.path, { force: true }); // of a process that was killed
    await once(server.listen(listen), 'listening');
    if ('path' in listen) chmodSync(listen.path, 0o600);
  } catch (error) {
    const where = 'path' in listen ? listen.path : `${listen.host}:${listen.port}`;
    throw new Error(`cannot listen for HTTP at ${where}: ${(error as Error).message}`, { cause: error });
  }
  return {
    address:
      'path' in listen
        ? { host: listen.path, port: 0 }
        : { host: listen.host, port: (server.address() as AddressInfo).port },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly params: Record<string, string>;
  readonly query: Record<string, string>;
}

type Handler = (asked: Asked) => Promise<Answer> | Answer;
type Routes = ReturnType<typeof routesOf>;

function routesOf(parts: HttpParts) {
  const router = createRouter({ ignoreTrailingSlash: false });
  const add = (method: HTTPMethod | HTTPMethod[], path: string, handler: Handler): void =>
    router.on(method, path, () => undefined, handler);
  const read: HTTPMethod[] = ['GET', 'HEAD'];
  add(read, '/healthz', () => Answer.json({ alive: true, ...parts.health() }));
  add(read, '/readyz', () => {
    const reasons = parts.notReady();
    return Answer.json({ ready: reasons.length === 0, reasons }, { status: reasons.length > 0 ? 503 : 200 });
  });
  add(read, '/metrics', async () => {
    const text = await parts.metrics.render();
    return new Answer(text, { headers: { 'content-type': parts.metrics.contentType } });
  });
  for (const route of parts.api) add(route.method, `/api${route.path}`, (asked) => answerOf(route, asked));
  for (const route of parts.raw) add('POST', route.path, ({ request }) => answerRaw(route, request));
  return { find: (method: HTTPMethod, url: string) => router.find(method, url), isAllowed };

  function isAllowed({ headers: { authorization = '' }, method = '', url = '' }: IncomingMessage): boolean {
    if (!url.startsWith('/api/')) return true;
    return (
      sameSecret(authorization, `Bearer ${parts.token}`) ||
      parts.passes?.(authorization, { method, url }) === true
    );
  }
}

const failure = (status: number, error: string): Answer => Answer.json({ error }, { status });

async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  if (!routes.isAllowed(request))
    return failure(401, 'send the token from the file api-token in the spool directory');
  const { method = 'GET', url = '/' } = request;
  const found = routes.find(method as HTTPMethod, url);
  if (!found) return failure(404, `there is no ${method} ${url.replace(/\?.*/s, '')}`);
  const handle = found.store as Handler;
  return handle({
    request,
    params: found.params as Record<string, string>,
    query: found.searchParams,
  });
}

const JSON_BYTES = 2 ** 20;

async function answerOf({ run }: ApiRoute, { request, params, query }: Asked): Promise<Answer> {
  const octets = await readBody(request, JSON_BYTES);
  if (!octets) return failure(413, `more than ${JSON_BYTES} bytes`);
  let body: unknown;
  try {
    body = octets.length > 0 ? JSON.parse(octets.toString()) : undefined;
  } catch {
    return failure(400, 'the body is no JSON');
  }
  const given = await run({ params, query, ...(body !== undefined && { body }) });
  if (given === undefined) return failure(404, 'there is no such entry');
  return given instanceof Answer ? given : Answer.json(given);
}

async function answerRaw({ run, maxBytes }: RawRoute, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request, maxBytes);
  if (!body) return failure(413, `more than ${maxBytes} bytes`);
  const { headers, socket } = request;
  const given = run({ headers, body, client: socket.remoteAddress ?? '' });
  return new Answer(given.body, given);
}

/** Undefined when it is more. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send({ status, headers, body }: Answer, response: ServerResponse, headOnly = false): void {
  response.writeHead(status, headers);
  if (headOnly) response.end();
  else if (body instanceof Readable)
    pipeline(body, response, () => undefined); // cut short, as the client sees
  else response.end(body);
}

function sameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
