/** A mail server in place of a local server or the rest of the internet. It can be stopped and restarted. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { MailSession, type SessionRules } from './mail-session.ts';

export interface MailServer {
  readonly name: string;
  start(): Promise<void>;
  /** Closes the port and breaks all connections. */
  stop(): Promise<void>;
}

const BACKLOG = 1024;

export function createMailServer(
  at: { readonly name: string; readonly address: string; readonly port: number },
  rules: SessionRules,
): MailServer {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    name: at.name,
    async start() {
      const opened = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        new MailSession(socket, rules);
      });
      opened.listen({ host: at.address, port: at.port, backlog: BACKLOG });
      await once(opened, 'listening');
      server = opened;
    },
    async stop() {
      const closing = server;
      server = undefined;
      if (!closing) return;
      const closed = once(closing, 'close');
      closing.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
