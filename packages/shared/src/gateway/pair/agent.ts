/**
 * A TCP listener that answers every connection with one line and closes it: HAProxy's agent-check asks it. Whoever asks may send a line
 * at once (agent-send); whoever sends none is answered after a moment.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { formatHostPort, type HostPort } from '../../platform/network/addresses.ts';
import { listenFaultOf } from '../../platform/process/listen-fault.ts';

export interface Agent {
  readonly address: HostPort;
  close(): Promise<void>;
}

/** Far more than balancers; others may not tie up descriptors. */
const MOST_CONNECTIONS = 64;
const PATIENCE_MS = 5_000;
/** HAProxy sends right after it connected, and waits two seconds for the answer. */
const ASKING_MS = 100;
const MOST_ASKED = 100;

/** Composes an answer. @param asker its address @param asked the line that it sent, or '' */
export type Answering = (asker: string, asked: string) => string;

/** @throws naming the address that cannot be bound */
export async function openAgent(listen: HostPort, line: Answering): Promise<Agent> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    answer(socket, line);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen({ host: listen.host, port: listen.port, ipv6Only: listen.host.includes(':') });
  await once(server, 'listening').catch((error: unknown) => {
    const problem = listenFaultOf(error, listen.port);
    throw new Error(`the agent for HAProxy cannot listen at ${formatHostPort(listen)}: ${problem}`, {
      cause: error,
    });
  });
  server.on('error', () => undefined);
  const bound = server.address();
  return {
    address: { host: listen.host, port: typeof bound === 'object' && bound ? bound.port : listen.port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function answer(socket: Socket, line: Answering): void {
  const asker = socket.remoteAddress ?? '';
  let asked = '';
  const say = (): void => {
    clearTimeout(timer);
    socket.off('data', hear).off('end', say).resume();
    socket.end(line(asker, asked.split(/\r?\n/, 1)[0] ?? ''));
  };
  const hear = (piece: Buffer): void => {
    asked += piece.toString('latin1', 0, MOST_ASKED);
    if (asked.includes('\n') || asked.length > MOST_ASKED) say();
  };
  const timer = setTimeout(say, ASKING_MS);
  socket
    .on('data', hear)
    .once('end', say)
    .once('close', () => clearTimeout(timer));
}
