/**
 * The HTTP listener: /healthz (alive), /readyz (accepting mail), /metrics, /api (by token). The home of fastify.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.ts';

export interface HttpParts {
  readonly listen: { readonly host: string; readonly port: number };
  readonly metrics: Metrics;
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
  /** @returns what is answered as JSON, or a stream of lines; undefined is 404 */
  run(request: {
    params: Record<string, string>;
    query: Record<string, string>;
    /** What JSON came with it, of a megabyte at most. */
    body?: unknown;
  }): unknown;
}

export interface HttpListener {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** @throws when the address cannot be bound, naming it */
export async function openHttp(parts: HttpParts): Promise<HttpListener> {
  const server = fastify({ logger: false, forceCloseConnections: true });
  server.get('/healthz', () => ({ alive: true, ...parts.health() }));
  server.get('/readyz', (_request, reply) => {
    const reasons = parts.notReady();
    return reply.code(reasons.length > 0 ? 503 : 200).send({ ready: reasons.length === 0, reasons });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', parts.metrics.contentType).send(await parts.metrics.render()),
  );
  await server.register((api) => addApi(api, parts), { prefix: '/api' });
  await server.register(async (scope) => addRaw(scope, parts.raw));
  try {
    await server.listen(parts.listen);
  } catch (error) {
    throw new Error(
      `cannot listen for HTTP at ${parts.listen.host}:${parts.listen.port}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  const bound = server.server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : parts.listen.port;
  return {
    address: { host: parts.listen.host, port },
    close: () => server.close(),
  };
}

async function addApi(api: FastifyInstance, parts: HttpParts): Promise<void> {
  api.addHook('onRequest', async (request, reply) => {
    const { authorization = '' } = request.headers;
    const { method, url } = request;
    if (
      !sameSecret(authorization, `Bearer ${parts.token}`) &&
      !parts.passes?.(authorization, { method, url })
    )
      await reply.code(401).send({ error: 'send the token from the file api-token in the spool directory' });
  });
  for (const { method, path, run } of parts.api)
    api.route({
      method,
      url: path,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const answer = await run({
          params: request.params as Record<string, string>,
          query: request.query as Record<string, string>,
          body: request.body,
        });
        if (answer === undefined) return reply.code(404).send({ error: 'there is no such entry' });
        return reply.send(answer);
      },
    });
}

function addRaw(scope: FastifyInstance, routes: readonly RawRoute[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const { path, maxBytes, run } of routes)
    scope.post(path, { bodyLimit: maxBytes }, (request: FastifyRequest, reply: FastifyReply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const answer = run({ headers: request.headers, body, client: request.ip });
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    });
}

function sameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
