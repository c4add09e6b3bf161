/**
 * A listening socket and its sessions, on smtp-server.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { createServer as createTcpServer, type ListenOptions, type Server } from 'node:net';
import type { Clock } from '../../platform/time/clock.ts';
import type { ListenSettings } from '../../config/schema/listen-settings.ts';
import { listenFaultOf } from '../../platform/process/listen-fault.ts';
import type { Settings } from '../../config/settings.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import { counted } from './counted.ts';
import { ALPN_PROTOCOLS } from './foreign-protocol.ts';
import type { ConnectionCounter } from './limits.ts';
import type { MessageRoom } from './message-room.ts';
import type { SessionContext, SessionHooks } from './session-context.ts';
import { PROXY_HEADER_MS } from './proxied.ts';
import { MailServer } from './mail-server.ts';
import { Relief } from './relief.ts';
import { createShutter } from './shutter.ts';

export type { SessionHooks } from './session-context.ts';

export interface ListenerOptions {
  readonly role: ListenerRole;
  readonly host: string;
  readonly listen: ListenSettings;
  readonly smtp: Settings['smtp'];
  readonly limits: Settings['limits'];
  /** Certificate and key; null leaves TLS out. */
  readonly tls: SecureContextOptions | null;
  readonly clock: Clock;
  readonly hooks: SessionHooks;
  readonly counter: ConnectionCounter;
  /** Of all listeners that count by the same counter; its own when not given. */
  readonly relief?: Relief;
  readonly trusts: (address: string) => boolean;
  readonly incomingDirectory: string;
  /** Memory for messages of some size. */
  readonly room: BlockPool;
  /** Which messages are taken in by the memory that is left. */
  readonly places: MessageRoom;
  /**
   * Other processes listen there too, and the system shares out the connections: `first` before any of them does, when the
   * address must be nobody's.
   */
  readonly reusePort?: 'no' | 'yes' | 'first';
  /** Whether this peer may say, by a PROXY header, who its client is; asked when `listen.proxy` is given. */
  readonly isBalancer?: (address: string) => boolean;
  /** How long a PROXY header is waited for; five seconds when not given. */
  readonly proxyHeaderMs?: number;
  /** The address is bound and closed again at once: nobody is let in until `setShut(false)`. */
  readonly startsShut?: boolean;
  /** How often the deadlines of the sessions are looked at; a second when not given. */
  readonly sweepMs?: number;
}

type Reloadable = Pick<ListenerOptions, 'smtp' | 'limits' | 'tls' | 'trusts' | 'hooks'>;

export interface Listener {
  /** The address it listens at, with the port that was given when 0 was asked for. */
  readonly address: { readonly host: string; readonly port: number };
  readonly sessions: number;
  /** New settings for sessions from now on, and TLS for handshakes from now on. */
  reload(options: Reloadable): void;
  /** Takes no connections until told to; those there are go on. */
  setShut(shut: boolean): void;
  /** The sessions that there are end between two messages, with 421. */
  endSessions(): void;
  /** Accepts no more, lets messages under way finish; resolves when the last session is gone or at the deadline. */
  close(deadlineMs: number): Promise<void>;
}

const SWEEP_MS = 1_000;
const BACKLOG = 4_096;

/**
 * Binds and listens.
 * @throws EADDRINUSE, EACCES … with a message that names the address and the fix; also when there is no certificate
 * for a port with implicit TLS
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { listen, clock } = options;
  const server = createServer(options);
  server.on('error', (error: NodeJS.ErrnoException) => {
    // A connection's errors reach the hooks through its session.
    if (error.syscall === 'accept') server.context.hooks.cannotAccept?.(error, nameOf(listen));
  });
  const { reusePort = 'no' } = options;
  if (reusePort === 'first') await probe(listen);
  const bound = listenOptions(listen, reusePort !== 'no');
  const address = await bind(server, listen, bound);
  const shutter = createShutter(server.server, { ...bound, port: address.port }, (error) =>
    server.context.hooks.cannotListen?.(error, nameOf(listen)),
  );
  if (options.startsShut) shutter.shut();
  const sweep = setInterval(() => server.sweep(clock.now()), options.sweepMs ?? SWEEP_MS).unref();

  return {
    address,
    get sessions() {
      return server.sessions.size;
    },
    reload(part) {
      server.context = contextOf(options, part);
      if (part.tls) server.updateSecureContext(part.tls);
    },
    setShut(shut) {
      if (shut) shutter.shut();
      else shutter.open();
    },
    endSessions: () => server.endSessions(),
    async close(deadlineMs) {
      shutter.stop();
      const closed = new Promise<void>((resolve) => server.server.close(() => resolve()));
      const drained = server.drain();
      const timer = setTimeout(() => {
        for (const session of server.sessions.values()) session._socket.destroy();
      }, deadlineMs);
      await Promise.all([closed, drained]);
      clearTimeout(timer);
      clearInterval(sweep);
    },
  };
}

function createServer(options: ListenerOptions): MailServer {
  const { listen, tls } = options;
  if (listen.tls === 'implicit' && tls === null)
    throw new Error(`cannot listen at ${nameOf(listen)} with TLS: set tls.certFile and tls.keyFile`);
  const server = new MailServer(
    {
      minVersion: 'TLSv1.2',
      ...(tls ?? {}),
      ALPNProtocols: [...ALPN_PROTOCOLS],
      secure: listen.tls === 'implicit',
      name: options.host,
      logger: false,
      disableReverseLookup: true,
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN'],
      hideENHANCEDSTATUSCODES: false,
      onAuth({ username: user = '', password, method, authzid }, { id }, callback) {
        const mechanism = method === 'PLAIN' ? method : 'LOGIN';
        const credentials = { user, password: password ?? '', mechanism } as const;
        const refusal = server.sessions.get(id)?.authenticate(credentials, authzid);
        void refusal?.then((reply) => {
          if (reply === null) callback(null, { user });
          else callback(Object.assign(new Error(reply.text), { responseCode: reply.code }));
        });
      },
    },
    contextOf(options, options),
    {
      counter: options.counter,
      relief: options.relief ?? new Relief(options.counter),
      proxyDoor: listen.proxy
        ? {
            isBalancer: options.isBalancer ?? (() => false),
            headerMs: options.proxyHeaderMs ?? PROXY_HEADER_MS,
          }
        : null,
    },
  );
  return server;
}

function contextOf(options: ListenerOptions, now: Reloadable): SessionContext {
  return {
    role: options.role,
    name: nameOf(options.listen),
    host: options.host,
    smtp: now.smtp,
    limits: now.limits,
    clock: options.clock,
    hooks: counted(now.hooks, options.counter, now.limits),
    offersTls: now.tls !== null && options.listen.tls === 'starttls',
    trusts: now.trusts,
    room: options.room,
    places: options.places,
    newPath: () => join(options.incomingDirectory, randomBytes(10).toString('hex')),
  };
}

const nameOf = ({ host, port }: ListenSettings): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const listenOptions = ({ host, port }: ListenSettings, reusePort: boolean): ListenOptions => ({
  host,
  port,
  backlog: BACKLOG,
  ipv6Only: host.includes(':'),
  reusePort,
});

/** Binds the address for nobody else, for a moment: with `reusePort` it would be shared with whoever does so too. */
async function probe(listen: ListenSettings): Promise<void> {
  const server = createTcpServer();
  await bind({ server }, listen, listenOptions(listen, false));
  await new Promise((resolve) => server.close(resolve));
}

function bind(
  { server }: { readonly server: Server },
  listen: ListenSettings,
  options: ListenOptions,
): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = listenFaultOf(error, listen.port);
      reject(new Error(`cannot listen at ${nameOf(listen)}: ${problem}`, { cause: error }));
    });
    server.listen(options, () => {
      const bound = server.address();
      resolve({ host: listen.host, port: typeof bound === 'object' && bound ? bound.port : listen.port });
    });
  });
}
