/**
 * The plainest SMTP there is, sharing no code with the product: a server that takes everything, and a client
 * that says its lines one by one. For tests that ask only whether mail passes at all.
 */
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Sink {
  readonly port: number;
  /** Messages received so far, each from its first header line to its last line. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

export async function openSink(): Promise<Sink> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, messages);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, messages: string[]): void {
  let body: string[] | null = null;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  say('220 sink.test ESMTP');
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
    if (body && line !== '.') body.push(line.replace(/^\./, ''));
    else if (body) {
      messages.push(body.join('\n'));
      body = null;
      say('250 2.0.0 Taken');
    } else if (/^DATA$/i.test(line)) {
      body = [];
      say('354 Go on');
    } else if (/^QUIT$/i.test(line)) socket.end('221 2.0.0 Bye\r\n');
    else say('250 OK');
  });
}

/** Says each line after the reply to the one before it, and gives all replies; the first is the greeting. */
export function converse(port: number, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const replies: string[] = [];
    const socket = createConnection(port, '127.0.0.1');
    const left = [...lines];
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(replies);
    });
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (/^\d{3}-/.test(line)) return;
      replies.push(line);
      const next = left.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
  });
}

/** A port that was free a moment ago, for a program that must be told its port beforehand. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
