/**
 * A session with one address of a next hop, ready for transactions: connected, greeted, TLS and AUTH done.
 *
 * nodemailer's SMTPConnection leads the session this far (RFC 5321 §3.1 and §3.2, 3207, 4954). Then its socket is
 * taken over (`wire`), since its send() gives no reply per recipient when it pipelines, and walks through the body
 * octet by octet. Taking over needs fields it does not publish: all of them are named in `Internals`, and nodemailer
 * is pinned, so that a change of theirs is seen here and by this file's tests.
 */
import { connect, isIP, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type ConnectionOptions, type SecureContext } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { normaliseAddress } from '../../platform/network/addresses.ts';
import type { NextHop, TlsLevel } from '../../platform/values/next-hop.ts';
import { formatReply, parseReply, type Reply } from '../../platform/values/reply.ts';
import { parseExtensions, type Extensions } from './extensions.ts';
import { ConnectError, type ConnectStage, type FaultKind } from './faults.ts';
import { CLOSING, Wire, type Timeouts } from './wire.ts';

export interface Connection {
  readonly hop: NextHop;
  /** The IP address it leads to. */
  readonly address: string;
  /** The IP address of this machine that it comes from. */
  readonly source: string;
  readonly extensions: Extensions;
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  readonly wire: Wire;
  /** Transactions begun on it. */
  messages: number;
}

export interface OpenOptions {
  readonly hop: NextHop;
  /** The IP address to dial. */
  readonly address: string;
  /** The level to use now, where it is not the hop's own. */
  readonly tls?: TlsLevel;
  /** Our name in EHLO. */
  readonly localName: string;
  readonly timeouts: Timeouts;
  /** Addresses of this machine to connect from, at most one of each family; else the system picks. */
  readonly sources?: readonly string[];
  /** Certificate authorities to trust instead of the system's, PEM. */
  readonly ca?: string;
}

interface Internals {
  _socket: Socket | false | null;
  _ehloLines?: string[];
  _plaintextEhlo: string | false;
  _remainder: string;
  _responseQueue: string[];
  _onSocketData: () => void;
  _onSocketError: () => void;
  _onSocketClose: () => void;
  _onSocketEnd: () => void;
  _onSocketTimeout: () => void;
}

type Session = SMTPConnection & Internals;
type SessionError = Error & { response?: string; command?: string; code?: string; originalCode?: string };

const MAX_REPLY_BYTES = 65_536;
const KEEP_ALIVE_MS = 30_000;

/** @throws ConnectError */
export async function openConnection(options: OpenOptions): Promise<Connection> {
  const socket = await dial(options);
  const source = normaliseAddress(socket.localAddress ?? '');
  const session = sessionOver(socket, options);
  let stage: ConnectStage | undefined;
  try {
    await leading(session, options, async () => {
      await hello(session);
      if (!options.hop.auth) return;
      stage = 'auth';
      await authenticate(session, options.hop);
    });
    return takeOver(session, options, source);
  } catch (error) {
    session.close();
    socket.destroy();
    const fault =
      error instanceof ConnectError ? error : explain(error as SessionError, session, options.hop, stage);
    fault.source = source;
    throw fault;
  }
}

function dial({ hop, address, timeouts, sources = [] }: OpenOptions): Promise<Socket> {
  const source = sources.find((each) => isIP(each) === isIP(address));
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port: hop.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      ...(source !== undefined && { localAddress: source }),
    });
    const fail = (kind: FaultKind, why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError('connect', kind, `${placeOf(hop, address)} cannot be reached (${why})`));
    };
    const timer = setTimeout(
      () => fail('timeout', `no answer in ${timeouts.connectMs} ms`),
      timeouts.connectMs,
    );
    const onError = (error: NodeJS.ErrnoException): void =>
      error.code === 'EADDRNOTAVAIL' && source !== undefined
        ? fail('refused', `${source} of sourceAddresses is no address of this machine, or of no use here`)
        : fail(error.code === 'ETIMEDOUT' ? 'timeout' : 'refused', error.code ?? error.message);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

function sessionOver(socket: Socket, options: OpenOptions): Session {
  const { hop, localName, timeouts } = options;
  const level = options.tls ?? hop.tls;
  return new SMTPConnection({
    connection: socket,
    host: hop.host,
    port: hop.port,
    name: localName,
    secure: hop.implicitTls,
    ignoreTLS: level === 'none',
    opportunisticTLS: level === 'opportunistic',
    requireTLS: !hop.implicitTls && (level === 'encrypt' || level === 'verify'),
    connectionTimeout: 2 * timeouts.commandMs,
    greetingTimeout: timeouts.commandMs,
    socketTimeout: timeouts.commandMs,
    maxResponseSize: MAX_REPLY_BYTES,
    tls: tlsOptions(hop, level, options.ca),
  }) as Session;
}

/** Making one reads every certificate authority, so it is made once. */
let systemContext: SecureContext | undefined;

function tlsOptions(hop: NextHop, level: TlsLevel, ca: string | undefined): ConnectionOptions {
  return {
    secureContext: ca === undefined ? (systemContext ??= createSecureContext()) : createSecureContext({ ca }),
    rejectUnauthorized: level === 'verify',
    ...(isIP(hop.host) === 0 && { servername: hop.host }),
  };
}

/** Runs `steps`, but not beyond an error of the session, nor beyond the time that all of them may take. */
async function leading(
  session: Session,
  { hop, timeouts }: OpenOptions,
  steps: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const failing = new Promise<never>((_, reject) => {
    const late = new ConnectError('greeting', 'timeout', `${hop.host} took too long to begin the session`);
    timer = setTimeout(() => reject(late), 2 * timeouts.commandMs);
    session.on('error', reject);
    session.once('end', () => reject(new Error('Connection closed unexpectedly')));
  });
  try {
    await Promise.race([steps(), failing]);
  } finally {
    clearTimeout(timer);
  }
}

function hello(session: Session): Promise<void> {
  return new Promise((resolve, reject) => session.connect((error) => (error ? reject(error) : resolve())));
}

function authenticate(session: Session, hop: NextHop): Promise<void> {
  if (!session.secure && hop.tls !== 'none') {
    const why = `${hop.host} offers no TLS, and the password for it is not sent without; give its route tls: none to send it all the same`;
    throw new ConnectError('auth', 'tls', why);
  }
  const { user = '', password: pass = '' } = hop.auth ?? {};
  return new Promise((resolve, reject) =>
    session.login({ user, pass }, (error) => (error ? reject(error) : resolve())),
  );
}

/** From here on the socket is ours: nodemailer hears nothing of it any more. */
function takeOver(session: Session, { hop, address }: OpenOptions, source: string): Connection {
  const socket = session._socket;
  if (!socket || socket.destroyed)
    throw new ConnectError('ehlo', 'lost', `${hop.host} closed the session at its beginning`);
  if (session._remainder || session._responseQueue.length > 0)
    throw new ConnectError('ehlo', 'lost', `${hop.host} sent replies to no command`);
  socket.off('data', session._onSocketData);
  socket.off('error', session._onSocketError);
  socket.off('close', session._onSocketClose);
  socket.off('end', session._onSocketEnd);
  socket.off('timeout', session._onSocketTimeout);
  socket.setTimeout(0);
  return {
    hop,
    address,
    source,
    extensions: parseExtensions(session._ehloLines ?? []),
    tls: socket instanceof TLSSocket ? tlsOf(socket) : null,
    wire: new Wire(socket),
    messages: 0,
  };
}

function tlsOf(socket: TLSSocket): Connection['tls'] {
  return { version: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName };
}

/** What nodemailer's error says, in terms of the session. */
function explain(
  error: SessionError,
  session: Session,
  hop: NextHop,
  known: ConnectStage | undefined,
): ConnectError {
  const stage = known ?? stageOf(error, session);
  const reply = replyIn(error, session);
  const said = reply ? `it said "${formatReply(reply)}"` : error.message;
  return new ConnectError(stage, kindOf(error, stage, reply), `${DOING[stage](hop)}: ${said}`, reply);
}

/** The reply that made it fail; for a session that the host has ended, the 421 it ended it with. */
function replyIn({ response }: SessionError, { lastServerResponse: last }: Session): Reply | undefined {
  if (response !== undefined) return parseReply(response);
  const reply = last === false ? undefined : parseReply(last);
  return reply?.code === CLOSING ? reply : undefined;
}

function stageOf(error: SessionError, session: Session): ConnectStage {
  if (error.command === 'EHLO' || error.command === 'HELO') return 'ehlo';
  if (error.code === 'ETLS' || session.upgrading || session._plaintextEhlo !== false) return 'tls';
  const nothingBefore = session.lastServerResponse === false || error.response !== undefined;
  return nothingBefore ? 'greeting' : 'ehlo';
}

function kindOf(error: SessionError, stage: ConnectStage, reply: Reply | undefined): FaultKind {
  if (stage === 'tls') return 'tls';
  if (reply) return 'unavailable';
  return error.code === 'ETIMEDOUT' ? 'timeout' : 'lost';
}

const DOING: Readonly<Record<ConnectStage, (hop: NextHop) => string>> = {
  connect: ({ host }) => `${host} cannot be reached`,
  greeting: ({ host }) => `${host} did not greet us`,
  ehlo: ({ host }) => `${host} did not take our EHLO`,
  tls: ({ host }) => `TLS with ${host} failed`,
  auth: ({ host, auth }) => `${host} did not take user name "${auth?.user}" and password`,
};

const placeOf = ({ host, port }: NextHop, address: string): string =>
  host === address ? `${host} port ${port}` : `${host} [${address}] port ${port}`;
