/**
 * A mail server that stands for the local server or for the rest of the internet: it takes what it is told to take,
 * and keeps of each message who it was for and the digest of its octets, not the octets.
 *
 * A message counts as taken when its 250 has been written to a connection that is still there; one whose client has
 * gone meanwhile is forgotten (RFC 5321 §6.1). It can be stopped and started on its port, made to refuse, and made
 * to hold back its replies to the final dot. It shares no code with the product.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Conversation, type Delivery, type Desk, type Manners } from './local-server-session.ts';
import { freePorts } from './ports.ts';

export interface LocalServer {
  readonly host: string;
  readonly port: number;
  readonly deliveries: Delivery[];
  /** To be changed at will. */
  manners: Manners;
  /** RCPT commands so far, call-forwards among them. */
  readonly asked: number;
  /** Messages whose reply is held back, from clients that still wait. */
  readonly held: number;
  /** Holds back the replies to final dots from now on, for the client that gives this name in EHLO. */
  hold(client: string): void;
  /** Gives the replies held back, and holds no more. */
  release(): void;
  /** Closes its port and breaks all connections. */
  stop(): Promise<void>;
  /** Listens on its port again. */
  start(): Promise<void>;
  /** Resolves as soon as what has been taken satisfies; rejects after `withinMs`. */
  until(satisfies: (deliveries: readonly Delivery[]) => boolean, withinMs?: number): Promise<void>;
}

export interface LocalServerOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** A free one by default. */
  readonly port?: number;
}

const UNTIL_MS = 40_000;

/** @returns a server that listens */
export async function openLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const host = options.host ?? '127.0.0.1';
  const port = options.port ?? (await freePorts(1))[0]!;
  const sockets = new Set<Socket>();
  const deliveries: Delivery[] = [];
  const held = new Set<() => void>();
  const watchers = new Set<() => void>();
  let holding: string | undefined;
  let asked = 0;
  let server: Server | undefined;

  const desk: Desk = {
    manners: () => local.manners,
    asked: () => void (asked += 1),
    conclude(socket, delivery, refusal) {
      const answer = (): void => {
        held.delete(answer);
        if (socket.destroyed || !socket.writable) return;
        socket.write(`${refusal ?? '250 2.0.0 Taken'}\r\n`);
        if (refusal === undefined) deliveries.push({ ...delivery, at: Date.now() });
        for (const watch of watchers) watch();
      };
      const { messageMs = 0 } = local.manners;
      if (delivery.client !== holding) return messageMs > 0 ? void setTimeout(answer, messageMs) : answer();
      held.add(answer);
      socket.once('close', () => held.delete(answer));
    },
  };
  const local: LocalServer = {
    host,
    port,
    deliveries,
    manners: {},
    get asked() {
      return asked;
    },
    get held() {
      return held.size;
    },
    hold: (client) => void (holding = client),
    release() {
      holding = undefined;
      for (const answer of [...held]) answer();
    },
    async stop() {
      const closing = server;
      server = undefined;
      if (!closing) return;
      closing.close();
      for (const socket of sockets) socket.destroy();
      await once(closing, 'close');
    },
    async start() {
      server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        new Conversation(socket, desk);
      });
      server.listen({ port, host, backlog: 1024 });
      await once(server, 'listening');
    },
    until: (satisfies, withinMs = UNTIL_MS) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          watchers.delete(look);
        };
        const look = (): void => {
          if (!satisfies(deliveries)) return;
          end();
          resolve();
        };
        const timer = setTimeout(() => {
          end();
          const last = deliveries.slice(-5).map(({ id, from, to }) => `${id} ${from} → ${to.join()}`);
          reject(
            new Error(
              `not seen within ${withinMs} ms; ${deliveries.length} messages, the last:\n${last.join('\n')}`,
            ),
          );
        }, withinMs);
        // Of two waits of which one is enough, the other shall not keep the process.
        timer.unref();
        watchers.add(look);
        look();
      }),
  };
  await local.start();
  return local;
}
