/**
 * The HTTP listener: which routes there are is its caller's affair, who may ask them that of http-routes.ts. It speaks TLS if it is
 * given credentials. Connections are bounded before the handshake, and slow requests end.
 */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { SecureVersion } from 'node:tls';
import { formatHostPort, normaliseAddress } from '../network/addresses.ts';
import { Answer } from './http-answer.ts';
import type { Credentials } from './http-authority.ts';
import { HttpConnections } from './http-connections.ts';
import { listenFaultOf } from '../process/listen-fault.ts';
import { HttpRoutes, type HttpAccess, type Route } from './http-routes.ts';

export type { Route } from './http-routes.ts';

export interface HttpParts extends HttpAccess {
  /** An address, or the path of a socket for this account alone. */
  readonly listen: { readonly host: string; readonly port: number } | { readonly path: string };
  /** The key of the configuration that says so. */
  readonly key?: string;
  /** Without them it speaks plain HTTP. */
  readonly credentials?: ListenerCredentials;
  readonly routes: readonly Route[];
}

export interface ListenerCredentials extends Credentials {
  /** Oldest TLS version that is spoken. */
  readonly minVersion: SecureVersion;
}

export interface HttpListener {
  /** Of a socket its path, and port 0. */
  readonly address: { readonly host: string; readonly port: number };
  /** Connections from now on see these; without effect on a listener that speaks plain HTTP. */
  renew(credentials: ListenerCredentials): void;
  close(): Promise<void>;
}

const HANDSHAKE_MS = 10_000;
const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
  // A missing Host is a matter of the route: load balancers ask for /readyz without.
  requireHostHeader: false,
} as const;

/** @throws when the address cannot be bound, naming it */
export async function openHttp(parts: HttpParts): Promise<HttpListener> {
  const { listen, credentials } = parts;
  const routes = new HttpRoutes(parts.routes, parts);
  const secure = credentials
    ? createHttpsServer({ ...TIMES, ...credentials, handshakeTimeout: HANDSHAKE_MS })
    : undefined;
  const server = secure ?? createHttpServer(TIMES);
  server.on('request', (request, response) => {
    routes.answer(request).then(
      (given) => send(given, response, request.method === 'HEAD'),
      (error: unknown) => send(Answer.json({ error: (error as Error).message }, { status: 500 }), response),
    );
  });
  secure?.on('tlsClientError', ({ code: fault = '' }: NodeJS.ErrnoException, socket) => {
    if (fault === 'ECONNRESET') return; // it went away by itself, or was one connection too many
    parts.refused?.({ reason: 'tls', client: normaliseAddress(socket.remoteAddress ?? ''), fault });
  });
  if (!('path' in listen)) boundConnections(server, parts);
  try {
    if ('path' in listen) rmSync(listen.path, { force: true }); // of a process that was killed
    await once(server.listen(listen), 'listening');
    if ('path' in listen) chmodSync(listen.path, 0o600);
  } catch (error) {
    const [where, port] = 'path' in listen ? [listen.path, 0] : [formatHostPort(listen), listen.port];
    const key = parts.key === undefined ? '' : `${parts.key}: `;
    const problem = listenFaultOf(error, port, parts.key);
    throw new Error(`${key}cannot listen for HTTP at ${where}: ${problem}`, { cause: error });
  }
  return {
    address:
      'path' in listen
        ? { host: listen.path, port: 0 }
        : { host: listen.host, port: (server.address() as AddressInfo).port },
    renew: (renewed) => secure?.setSecureContext({ ...renewed }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function boundConnections(server: Server, { allows, refused }: HttpAccess): void {
  const connections = new HttpConnections((address) => allows?.(address) === true);
  server.prependListener('connection', (socket: Socket) => {
    const client = normaliseAddress(socket.remoteAddress ?? '');
    const giveBack = connections.admit(client);
    if (giveBack) {
      socket.once('close', giveBack);
      return;
    }
    refused?.({ reason: 'connections', client });
    socket.destroy();
  });
}

/** Nothing that is answered is for the caches, frames and scripts of a browser. */
const ALWAYS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

function send({ status, headers, body }: Answer, response: ServerResponse, headOnly = false): void {
  // What is left of a refused request is not read.
  const close = status >= 400 && !response.req.complete ? { connection: 'close' } : {};
  response.writeHead(status, { ...ALWAYS, ...close, ...headers });
  if (headOnly) {
    if (body instanceof Readable) body.destroy();
    response.end();
  } else if (body instanceof Readable)
    pipeline(body, response, () => undefined); // cut short, as the client sees
  else response.end(body);
}
