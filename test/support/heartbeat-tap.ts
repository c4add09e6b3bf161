/**
 * Stands on the wire between two partners: takes the heartbeats of one, keeps a copy of each, and carries them to the
 * other and its answers back. It can keep them to itself. It shares no code with the product.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Copy {
  readonly seal: string;
  readonly body: Buffer;
  /** What the other answered; absent when it was never asked. */
  readonly status?: number;
}

export interface Tap {
  readonly url: string;
  /** The port of the one that heartbeats are for. */
  target: number;
  /** Heartbeats are copied, but not carried on: their sender gets no answer but 503. */
  withholds: boolean;
  /** The first copy from now on that satisfies. */
  next(satisfies: (copy: Copy) => boolean): Promise<Copy>;
  close(): Promise<void>;
}

export async function openTap(): Promise<Tap> {
  const watchers = new Set<(copy: Copy) => void>();
  const show = (copy: Copy): void => watchers.forEach((watch) => watch(copy));
  const server = createServer((question, reply) => {
    void octetsOf(question).then(async (body) => {
      const seal = String(question.headers['mailpair-seal']);
      if (tap.withholds) {
        show({ seal, body });
        return reply.writeHead(503).end();
      }
      const answer = await post(tap.target, seal, body);
      show({ seal, body, status: answer.status });
      return reply.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tap: Tap = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 0,
    withholds: false,
    next: (satisfies) =>
      new Promise((resolve) => {
        const watch = (copy: Copy): void => {
          if (!satisfies(copy)) return;
          watchers.delete(watch);
          resolve(copy);
        };
        watchers.add(watch);
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return tap;
}

export interface HeartbeatAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Brings a heartbeat to the gateway at that port of loopback; without a seal when it is ''. */
export function post(port: number, seal: string, body: Buffer): Promise<HeartbeatAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(seal !== '' && { 'mailpair-seal': seal }),
    };
    request(
      { host: '127.0.0.1', port, method: 'POST', path: '/pair/heartbeat', headers, agent: false },
      (answer) => {
        octetsOf(answer).then(
          (octets) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: octets }),
          reject,
        );
      },
    )
      .on('error', reject)
      .end(body);
  });
}

async function octetsOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
