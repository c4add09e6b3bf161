/**
 * An SMTP server that does as it is told: a raw socket server with a reply for every command, for tests of the
 * sending side. It keeps what it was told, octet for octet.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';

/** Ends the connection instead of replying. */
export const HANG_UP = Symbol('hang up');
/** Says nothing. */
export const SILENT = Symbol('silent');

export type Answer = string | typeof HANG_UP | typeof SILENT;

export interface SinkSession {
  /** 1 for the first connection. */
  readonly number: number;
  /** Messages it has taken. */
  messages: number;
  readonly secure: boolean;
  /** Says something unasked; the text without its line end. */
  say(text: string): void;
  /** Ends the connection in order. */
  end(): void;
  /** Breaks the connection. */
  destroy(): void;
  readonly closed: Promise<void>;
}

export type Answering = Answer | ((line: string, session: SinkSession) => Answer | Promise<Answer>);

export type Verb =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'message'
  | 'RSET'
  | 'NOOP'
  | 'QUIT';

export interface SinkMessage {
  /** The MAIL command as it came, without its line end. */
  readonly mail: string;
  /** The RCPT commands that were answered with 2xx. */
  readonly rcpts: readonly string[];
  /** The octets before the final dot, with dots undoubled. */
  readonly octets: Buffer;
  readonly session: SinkSession;
}

export interface SinkOptions {
  /** What EHLO offers; STARTTLS is added where there is a certificate. */
  readonly extensions?: readonly string[];
  /** With an answer to BDAT it does not know that command, and takes what follows for commands too. */
  readonly on?: Partial<Record<Verb, Answering>>;
  /** What to answer to a chunk that is not the last one, by its BDAT; undefined takes it. */
  readonly onChunk?: (line: string) => Answer | undefined;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly implicitTls?: boolean;
  /** Answers the client's handshake with what is not TLS. */
  readonly brokenTls?: boolean;
  /** Drop the connection when the client's message reaches this many octets. */
  readonly dropAfterOctets?: number;
}

export interface Sink {
  readonly port: number;
  readonly messages: SinkMessage[];
  /** Every command line in order, over all connections. */
  readonly commands: string[];
  /** What came in one piece from the network, before DATA's reply. */
  readonly pieces: string[];
  readonly sessions: SinkSession[];
  /** Connections that are open. */
  open(): number;
  /** Resolves with the session when the given command has come, for the first time from now on. */
  next(verb: Verb): Promise<SinkSession>;
  close(): Promise<void>;
}

export const ALL_EXTENSIONS = [
  'PIPELINING',
  'SIZE 50000000',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'ENHANCEDSTATUSCODES',
];

const DEFAULTS: Partial<Record<Verb, Answer>> = {
  greeting: '220 sink.example ESMTP',
  EHLO: '',
  HELO: '250 sink.example',
  STARTTLS: '220 2.0.0 Go ahead',
  AUTH: '235 2.7.0 Welcome',
  MAIL: '250 2.1.0 Sender OK',
  RCPT: '250 2.1.5 Recipient OK',
  DATA: '354 Go ahead',
  message: '250 2.0.0 Taken',
  RSET: '250 2.0.0 Reset',
  NOOP: '250 2.0.0 OK',
  QUIT: '221 2.0.0 Bye',
};

const UNKNOWN = '500 5.5.2 No such command';

export async function openSink(options: SinkOptions = {}): Promise<Sink> {
  const sockets = new Set<Socket>();
  const waiting: { verb: Verb; tell: (session: SinkSession) => void }[] = [];
  const sink: Omit<Sink, 'port'> = {
    messages: [],
    commands: [],
    pieces: [],
    sessions: [],
    open: () => sockets.size,
    next: (verb) => new Promise((tell) => waiting.push({ verb, tell })),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  const happened = (verb: Verb, session: SinkSession): void => {
    const due = waiting.filter((entry) => entry.verb === verb);
    for (const entry of due) waiting.splice(waiting.indexOf(entry), 1);
    for (const { tell } of due) tell(session);
  };
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, sink, options, happened);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ...sink, port: (server.address() as AddressInfo).port };
}

function serve(
  raw: Socket,
  sink: Omit<Sink, 'port'>,
  options: SinkOptions,
  happened: (verb: Verb, session: SinkSession) => void,
): void {
  let socket = raw;
  let input = Buffer.alloc(0);
  let secure = false;
  let inMessage = false;
  let busy = false;
  let mail = '';
  let rcpts: string[] = [];
  let chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve) => raw.once('close', () => resolve()));
  const session: SinkSession = {
    number: sink.sessions.length + 1,
    messages: 0,
    get secure() {
      return secure;
    },
    say: (text) => void socket.write(`${text}\r\n`),
    end: () => void socket.end(),
    destroy: () => void raw.destroy(),
    closed,
  };
  sink.sessions.push(session);

  async function answer(verb: Verb, line: string): Promise<string> {
    const given = options.on?.[verb] ?? defaultFor(verb);
    happened(verb, session);
    const said = typeof given === 'function' ? await given(line, session) : given;
    if (said === HANG_UP) raw.destroy();
    if (typeof said !== 'string') return '';
    const text = said === '' && verb === 'EHLO' ? ehloReply() : said;
    if (!socket.destroyed) socket.write(`${text}\r\n`);
    return text;
  }

  function defaultFor(verb: Verb): Answer {
    return verb === 'STARTTLS' && !options.certificate
      ? '502 5.5.1 No TLS here'
      : (DEFAULTS[verb] ?? UNKNOWN);
  }

  function ehloReply(): string {
    const offered = [...(options.extensions ?? ALL_EXTENSIONS)];
    if (options.certificate && !secure) offered.push('STARTTLS');
    const lines = ['sink.example', ...offered];
    return lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n');
  }

  function startTls(): void {
    secure = true;
    input = Buffer.alloc(0);
    socket.removeAllListeners('data');
    if (options.brokenTls) {
      raw.once('data', () => raw.write('this is not TLS\r\n'));
      return;
    }
    const { cert, key } = options.certificate!;
    socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext({ cert, key }) });
    listen();
  }

  function listen(): void {
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      if (!inMessage) sink.pieces.push(piece.toString('latin1'));
      input = Buffer.concat([input, piece]);
      void work();
    });
  }

  /** Takes from the input what is complete, one thing after the other. */
  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    while (!raw.destroyed && (await (inMessage ? takeMessage() : takeCommand())));
    busy = false;
  }

  async function takeCommand(): Promise<boolean> {
    const end = input.indexOf('\r\n');
    if (end < 0) return false;
    const line = input.toString('utf8', 0, end);
    const chunkBytes = /^BDAT (\d+)(?: LAST)?$/.exec(line)?.[1];
    if (chunkBytes !== undefined && options.on?.BDAT === undefined)
      return takeChunk(line, end + 2, Number(chunkBytes));
    input = input.subarray(end + 2);
    sink.commands.push(line);
    const verb = (/^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? 'NOOP') as Verb;
    const said = await answer(verb, line);
    if (verb === 'MAIL') [mail, rcpts] = [said.startsWith('2') ? line : '', []];
    if (verb === 'MAIL' || verb === 'RSET') chunks = [];
    if (verb === 'RSET') rcpts = [];
    if (verb === 'RCPT' && said.startsWith('2')) rcpts.push(line);
    if (verb === 'DATA' && said.startsWith('354')) inMessage = true;
    if (verb === 'STARTTLS' && said.startsWith('220')) startTls();
    if (verb === 'QUIT') socket.end();
    return true;
  }

  /** A chunk (RFC 3030); the last one is answered as `message`. Refused when nobody is to have it. */
  async function takeChunk(line: string, from: number, sizeBytes: number): Promise<boolean> {
    if (input.length < from + sizeBytes) return false;
    const octets = Buffer.from(input.subarray(from, from + sizeBytes));
    input = input.subarray(from + sizeBytes);
    sink.commands.push(line);
    if (mail === '' || rcpts.length === 0) {
      socket.write('503 5.5.1 No recipients\r\n');
      return true;
    }
    chunks.push(octets);
    if (!line.endsWith(' LAST')) {
      const said = options.onChunk?.(line) ?? '250 2.0.0 Chunk taken';
      if (typeof said === 'string') socket.write(`${said}\r\n`);
      else raw.destroy();
      return true;
    }
    const said = await answer('message', '');
    if (!said.startsWith('2')) return true;
    sink.messages.push({ mail, rcpts, octets: Buffer.concat(chunks), session });
    session.messages += 1;
    rcpts = [];
    return true;
  }

  async function takeMessage(): Promise<boolean> {
    if (options.dropAfterOctets !== undefined && input.length >= options.dropAfterOctets) raw.destroy();
    // DATA's own CRLF is before the first octet.
    const empty = input.subarray(0, 3).equals(Buffer.from('.\r\n'));
    const end = empty ? 0 : input.indexOf('\r\n.\r\n') + 2;
    if (!empty && end < 2) return false;
    const octets = undoubled(input.subarray(0, end));
    input = input.subarray(end + 3);
    inMessage = false;
    const said = await answer('message', '');
    if (!said.startsWith('2')) return true;
    sink.messages.push({ mail, rcpts, octets, session });
    session.messages += 1;
    return true;
  }

  if (options.implicitTls) startTls();
  else listen();
  void answer('greeting', '');
}

function undoubled(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}
