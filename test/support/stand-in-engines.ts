/** A clamd and an rspamd for tests, on loopback: they take what is sent to them and answer as they are told. */
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { EngineServerSettings } from '@mailpair/shared/config/schema/engine-server';

export interface StandIn extends EngineServerSettings {
  readonly port: number;
  /** What it was sent, each message whole. */
  readonly messages: Buffer[];
  /** Connections, pings too. */
  readonly connections: () => number;
  /** The most messages it had at a time. */
  readonly most: () => number;
  close(): Promise<void>;
}

export interface ClamdAnswers {
  /** What it says of a message; null for nothing, `hang up` for closing. */
  scan?: (message: Buffer) => string | null | Promise<string | null>;
  ping?: () => string | null;
  /** Answers after so many octets of a message, without waiting for the rest. */
  limit?: number;
  port?: number;
}

/** clamd's PING and INSTREAM, with `z` in front. */
export async function startClamd(answers: ClamdAnswers = {}): Promise<StandIn> {
  const messages: Buffer[] = [];
  const count = counting();
  const server = net.createServer((socket) => {
    count.connected(socket);
    socket.on('error', () => undefined);
    let octets = Buffer.alloc(0);
    let done = false;
    const answer = (text: string | null): void => {
      if (text === 'hang up') socket.destroy();
      else if (text !== null) socket.end(`${text}\0`);
    };
    socket.on('data', (part: Buffer) => {
      octets = Buffer.concat([octets, part]);
      if (done) return;
      if (octets.toString('latin1').startsWith('zPING\0')) {
        done = true;
        return answer(answers.ping ? answers.ping() : 'PONG');
      }
      if (answers.limit !== undefined && octets.length > answers.limit) {
        done = true;
        return answer('INSTREAM size limit exceeded. ERROR');
      }
      const message = readStream(octets);
      if (!message) return;
      done = true;
      messages.push(message);
      count.begins();
      void Promise.resolve(answers.scan ? answers.scan(message) : 'stream: OK').then((text) => {
        count.ends();
        answer(text);
      });
    });
  });
  return listening(server, messages, count, answers.port);
}

/** The octets of INSTREAM, once it has ended. */
function readStream(octets: Buffer): Buffer | undefined {
  const start = Buffer.from('zINSTREAM\0');
  if (!octets.subarray(0, start.length).equals(start)) return undefined;
  const chunks: Buffer[] = [];
  for (let at = start.length; at + 4 <= octets.length;) {
    const length = octets.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(octets.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

export interface RspamdAsked {
  /** Name and value in turn, as they came. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** rspamd's /ping and /checkv2. */
export async function startRspamd(
  check: (asked: RspamdAsked) => object | { status: number; text: string } | null | Promise<object | null>,
): Promise<StandIn> {
  const messages: Buffer[] = [];
  const count = counting();
  const server = http.createServer((request, response) => {
    if (request.url === '/ping') return void response.end('pong\r\n');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      messages.push(body);
      count.begins();
      void Promise.resolve(check({ fields: request.rawHeaders, body })).then((answer) => {
        count.ends();
        if (answer === null) return;
        if ('status' in answer) response.writeHead(answer.status).end((answer as { text: string }).text);
        else response.end(JSON.stringify(answer));
      });
    });
  });
  server.on('connection', count.connected);
  return listening(server, messages, count);
}

function counting() {
  const sockets = new Set<net.Socket>();
  let [connections, active, most] = [0, 0, 0];
  return {
    connections: () => connections,
    most: () => most,
    connected(socket: net.Socket): void {
      connections += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    },
    begins(): void {
      active += 1;
      most = Math.max(most, active);
    },
    ends(): void {
      active -= 1;
    },
    cut(): void {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listening(
  server: net.Server,
  messages: Buffer[],
  { connections, most, cut }: ReturnType<typeof counting>,
  wanted = 0,
): Promise<StandIn> {
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    name: `127.0.0.1:${port}`,
    place: { host: '127.0.0.1', port },
    port,
    messages,
    connections,
    most,
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
