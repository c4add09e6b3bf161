/** A TCP listener that answers every connection with one line and closes it: HAProxy's agent-check asks it. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { formatHostPort, type HostPort } from '../system/addresses.ts';
import { listenFaultOf } from '../system/listen-fault.ts';

export interface Agent {
  readonly address: HostPort;
  close(): Promise<void>;
}

/** Far more than balancers; others may not tie up descriptors. */
const MOST_CONNECTIONS = 64;
const PATIENCE_MS = 5_000;

/** @param line asked for each connection, with its address. @throws naming the address that cannot be bound */
export async function openAgent(listen: HostPort, line: (asker: string) => string): Promise<Agent> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.resume().end(line(socket.remoteAddress ?? ''));
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
