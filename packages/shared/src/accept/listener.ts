/**
 * A listening socket and its sessions, on smtp-server.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerOptions } from 'smtp-server';
import type { Clock } from '../system/clock.ts';
import type { ListenSettings, Settings } from '../system/settings.ts';
import type { Body } from '../values/body.ts';
import type { Envelope, Recipient } from '../values/envelope.ts';
import { replies, type Reply } from '../values/reply.ts';
import type { ListenerRole, Session } from '../values/session.ts';
import type { ConnectionCounter } from './limits.ts';
import { MailSession } from './session.ts';

/** What a session asks the gateway. Whatever throws or rejects is answered 451 4.3.0. */
export interface SessionHooks {
  /** A client connected; a reply refuses it. */
  connect(session: Session): Reply | null;
  mail(envelope: Omit<Envelope, 'recipients'>, declaredBytes: number, session: Session): Reply;
  rcpt(recipient: Recipient, envelope: Envelope, session: Session): Reply | Promise<Reply>;
  /** The whole message is here. The reply must not be 2xx before someone is answerable for the message. */
  message(envelope: Envelope, body: Body, session: Session): Promise<Reply>;
  /** Absent where AUTH is not offered. */
  readonly authenticate?: ((user: string, password: string, session: Session) => Promise<boolean>) | undefined;
  /** A session was ended by us. */
  refused(reply: Reply, session: Session): void;
  closed(session: Session): void;
  /** Something of ours threw, or the connection broke. */
  fault(error: unknown, session: Session): void;
}

/** What all sessions of one listener share. Replaced as a whole on reload. */
export interface SessionContext {
  readonly role: ListenerRole;
  /** The listening address, for logs. */
  readonly name: string;
  /** Our host name. */
  readonly host: string;
  readonly smtp: Settings['smtp'];
  readonly limits: Settings['limits'];
  readonly clock: Clock;
  readonly hooks: SessionHooks;
  readonly offersTls: boolean;
  trusts(address: string): boolean;
  /** A fresh path for a message too large for memory. */
  readonly newPath: () => string;
}

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
  readonly trusts: (address: string) => boolean;
  readonly incomingDirectory: string;
}

export interface Listener {
  /** The address it listens at, with the port that was given when 0 was asked for. */
  readonly address: { readonly host: string; readonly port: number };
  readonly sessions: number;
  /** New settings for sessions from now on, and TLS for handshakes from now on. */
  reload(options: Pick<ListenerOptions, 'smtp' | 'limits' | 'tls' | 'trusts' | 'hooks'>): void;
  /** Accepts no more, lets messages under way finish; resolves when the last session is gone or at the deadline. */
  close(deadlineMs: number): Promise<void>;
}

class MailServer extends SMTPServer {
  context: SessionContext;
  readonly sessions = new Set<MailSession>();

  constructor(options: SMTPServerOptions, context: SessionContext) {
    super(options);
    this.context = context;
  }

  override connect(socket: Socket | TLSSocket, options?: ConstructorParameters<typeof MailSession>[2]): void {
    const session = new MailSession(this, socket, options);
    this.connections.add(session);
    this.sessions.add(session);
    socket.once('close', () => this.sessions.delete(session));
    session.init();
  }
}

const SWEEP_MS = 1_000;
const BACKLOG = 4_096;

/**
 * Binds and listens.
 * @throws EADDRINUSE, EACCES … with a message that names the address and the fix
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { listen, tls, counter } = options;
  const name = `${listen.host}:${listen.port}`;
  const contextOf = (part: Pick<ListenerOptions, 'smtp' | 'limits' | 'tls' | 'trusts' | 'hooks'>): SessionContext => ({
    role: options.role,
    name,
    host: options.host,
    smtp: part.smtp,
    limits: part.limits,
    clock: options.clock,
    hooks: counted(part.hooks, counter, part.limits),
    offersTls: part.tls !== null && listen.tls === 'starttls',
    trusts: part.trusts,
    newPath: () => join(options.incomingDirectory, randomBytes(10).toString('hex')),
  });
  const server = new MailServer(
    {
      ...(tls ?? {}),
      secure: listen.tls === 'implicit',
      name: options.host,
      logger: false,
      disableReverseLookup: true,
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN'],
      hideENHANCEDSTATUSCODES: false,
      socketTimeout: options.smtp.commandTimeoutMs,
      onAuth: (auth, session, callback) => authenticate(server, auth, session.id, callback),
    },
    contextOf(options),
  );
  server.on('error', () => undefined); // a connection's errors reach the hooks through its session
  const address = await bind(server, listen);
  const sweep = setInterval(() => {
    const now = options.clock.now();
    for (const session of server.sessions) session.sweep(now);
  }, SWEEP_MS).unref();

  return {
    address,
    get sessions() {
      return server.sessions.size;
    },
    reload(part) {
      server.context = contextOf(part);
      if (part.tls) server.updateSecureContext(part.tls);
    },
    async close(deadlineMs) {
      const closed = new Promise<void>((resolve) => server.server.close(() => resolve()));
      for (const session of server.sessions) session.drain();
      const timer = setTimeout(() => {
        for (const session of server.sessions) session._socket.destroy();
      }, deadlineMs);
      await closed;
      clearTimeout(timer);
      clearInterval(sweep);
    },
  };
}

function bind(server: MailServer, listen: ListenSettings): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const name = listen.host.includes(':') ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
    server.server.once('error', (error: NodeJS.ErrnoException) => {
      const fix: Record<string, string> = {
        EADDRINUSE: `another program listens there already (ss -ltnp 'sport = :${listen.port}' names it)`,
        EACCES: 'ports below 1024 need root or CAP_NET_BIND_SERVICE',
        EADDRNOTAVAIL: 'this host has no such address',
      };
      reject(new Error(`cannot listen at ${name}: ${fix[error.code ?? ''] ?? error.message}`, { cause: error }));
    });
    const ipv6Only = listen.host.includes(':');
    server.listen({ host: listen.host, port: listen.port, backlog: BACKLOG, ipv6Only }, () => {
      const bound = server.server.address();
      resolve({ host: listen.host, port: typeof bound === 'object' && bound ? bound.port : listen.port });
    });
  });
}

/** Counts connections in and out around the gateway's own hooks. */
function counted(hooks: SessionHooks, counter: ConnectionCounter, limits: Settings['limits']): SessionHooks {
  const admitted = new WeakSet<Session>();
  return {
    ...hooks,
    connect(session) {
      const answer = counter.admit(session.client.address, limits);
      if (answer === 'total') return replies.tooManyConnections;
      if (answer === 'client') return replies.tooManyFromClient;
      admitted.add(session);
      return hooks.connect(session);
    },
    closed(session) {
      if (admitted.has(session)) counter.release(session.client.address);
      hooks.closed(session);
    },
  };
}

type AuthCallback = (error: Error | null, response?: { user: string }) => void;

function authenticate(server: MailServer, auth: SMTPServerAuthentication, id: string, callback: AuthCallback): void {
  const session = [...server.sessions].find((candidate) => candidate.id === id);
  const refuse = (reply: Reply): void =>
    callback(Object.assign(new Error(reply.text), { responseCode: reply.code }));
  const check = session && server.context.hooks.authenticate;
  if (!check) return refuse(replies.authFault);
  const user = auth.username ?? '';
  check(user, auth.password ?? '', session.facts).then(
    (right) => {
      if (!right) return refuse(replies.authFailed);
      session.facts.user = user;
      callback(null, { user });
    },
    (error: unknown) => {
      server.context.hooks.fault(error, session.facts);
      refuse(replies.authFault);
    },
  );
}
