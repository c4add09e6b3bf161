/**
 * SMTP dialogues as text, played from the client's side over a socket.
 *
 *     S: 220 mx.example.com ESMTP        a reply line: its beginning, or a /regular expression/ it matches
 *     C: EHLO client.example             a line to send; lines without a reply between them leave in one write
 *     S: 250-mx.example.com
 *     S: ...                             any further lines of the same reply
 *     S: 250 DSN
 *     C(raw): QUIT\r\n                   octets to send: \r \n \t \0 \\ \xHH
 *     <tls>                              the client's side of a TLS handshake, after the 220 to STARTTLS
 *     <close>                            the server closes the connection, and says nothing more before
 *     <gone>                             the client breaks the connection
 *
 * Blank lines, lines that begin with `#` and indentation do not count. Whatever the server says must be in the script,
 * and every line must look like a reply. A mismatch shows script and wire side by side.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

export interface Dialogue {
  /** Goes on with the dialogue; throws at the first line that differs. */
  play(script: string): Promise<void>;
  send(octets: Buffer | string): void;
  /** The client's side of a TLS handshake. Rejects when it fails. */
  startTls(options?: Pick<ConnectionOptions, 'ALPNProtocols'>): Promise<void>;
  /** What the server sent, in the pieces in which it came. */
  readonly segments: readonly string[];
  /** The client breaks the connection. */
  gone(): Promise<void>;
}

/** A failing dialogue must end before the test runner's own patience does. */
const REPLY_WAIT_MS = 20_000;
const REPLY = /^[2-5]\d\d(?:[ -][^\0-\x1f\x7f]*)?$/;

export async function connectTo(
  { host, port }: { host: string; port: number },
  options: { readonly tls?: boolean; readonly localAddress?: string } = {},
): Promise<Dialogue> {
  const { localAddress } = options;
  const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  const wire = new Wire(socket);
  await once(socket, 'connect');
  if (options.tls) await wire.startTls();
  return wire;
}

class Wire implements Dialogue {
  readonly segments: string[] = [];
  #socket: Socket | TLSSocket;
  readonly #lines: string[] = [];
  #rest = '';
  #ended = false;
  #wake: () => void = () => undefined;
  /** The rows of the table that a mismatch shows. */
  readonly #rows: (readonly [script: string, wire: string])[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    this.#listen(socket);
  }

  #listen(socket: Socket | TLSSocket): void {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.segments.push(chunk.toString());
      const lines = (this.#rest + chunk.toString()).split('\r\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async startTls(options: Pick<ConnectionOptions, 'ALPNProtocols'> = {}): Promise<void> {
    this.#socket.removeAllListeners('data').removeAllListeners('close');
    const secure = connectTls({ ...options, socket: this.#socket, rejectUnauthorized: false });
    this.#socket = secure;
    secure.on('error', () => undefined);
    this.#listen(secure);
    await once(secure, 'secureConnect');
  }

  send(octets: Buffer | string): void {
    this.#socket.write(octets);
  }

  async gone(): Promise<void> {
    this.#socket.destroy();
    await this.#until(() => this.#ended);
  }

  async play(script: string): Promise<void> {
    const steps = parseScript(script);
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i]!;
      if (step.kind === 'send') await this.#send(step);
      else if (step.kind === 'reply') await this.#expect(step);
      else if (step.kind === 'more') await this.#skipTo(steps[i + 1]);
      else if (step.kind === 'tls') await this.startTls();
      else if (step.kind === 'gone') await this.gone();
      else await this.#expectClose(step);
    }
    this.#expectSilence();
  }

  async #send({ octets, text }: SendStep): Promise<void> {
    this.#expectSilence();
    for (const line of text) this.#rows.push([line, line]);
    this.#socket.write(octets);
  }

  async #expect(step: ReplyStep): Promise<void> {
    await this.#until(() => this.#lines.length > 0 || this.#ended);
    const line = this.#lines.shift();
    this.#row(step, line);
    if (line === undefined || !REPLY.test(line) || !step.matches(line)) this.#mismatch();
  }

  /** Passes over the lines of a reply before the one that `next` describes. */
  async #skipTo(next: Step | undefined): Promise<void> {
    if (next?.kind !== 'reply') throw new Error('a script goes on with a line of the reply after "S: ..."');
    for (;;) {
      await this.#until(() => this.#lines.length > 0 || this.#ended);
      const [line] = this.#lines;
      if (line === undefined || !/^\d{3}-/.test(line) || next.matches(line)) return;
      this.#rows.push(['S: ...', `S: ${line}`]);
      this.#lines.shift();
    }
  }

  async #expectClose(step: EventStep): Promise<void> {
    await this.#until(() => this.#lines.length > 0 || this.#ended);
    const [line] = this.#lines;
    this.#row(step, line);
    if (!this.#ended || line !== undefined || this.#rest !== '') this.#mismatch();
  }

  #expectSilence(): void {
    if (this.#lines.length === 0) return;
    for (const line of this.#lines) this.#rows.push(['(silence)', `S: ${line}`]);
    this.#mismatch();
  }

  #row(step: ReplyStep | EventStep, line: string | undefined): void {
    const nothing = this.#ended ? '<close>' : '(silence)';
    this.#rows.push([step.source, line === undefined ? nothing : `S: ${line}`]);
  }

  #mismatch(): never {
    throw new Error(`the dialogue differs from its script:\n${sideBySide(this.#rows)}`);
  }

  async #until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + REPLY_WAIT_MS;
    const timer = setTimeout(() => this.#wake(), REPLY_WAIT_MS + 1);
    while (!condition() && performance.now() < deadline)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    clearTimeout(timer);
  }
}

function sideBySide(rows: readonly (readonly [string, string])[]): string {
  const shown = rows.map(([script, wire]) => [script.slice(0, 70), wire.slice(0, 90)] as const);
  const width = Math.max(6, ...shown.map(([script]) => script.length));
  const lines = shown.map(([script, wire]) => `    ${script.padEnd(width)} | ${wire}`);
  return [`    ${'SCRIPT'.padEnd(width)} | WIRE`, ...lines, '    ^ here'].join('\n');
}

// -- the language

interface SendStep {
  readonly kind: 'send';
  readonly octets: Buffer;
  readonly text: readonly string[];
}

interface ReplyStep {
  readonly kind: 'reply';
  readonly source: string;
  matches(line: string): boolean;
}

interface EventStep {
  readonly kind: 'more' | 'tls' | 'close' | 'gone';
  readonly source: string;
}

type Step = SendStep | ReplyStep | EventStep;

export function parseScript(script: string): readonly Step[] {
  const steps: Step[] = [];
  for (const source of script.split('\n').map((line) => line.trimStart())) {
    if (source === '' || source.startsWith('#')) continue;
    const step = parseLine(source);
    const last = steps.at(-1);
    if (step.kind === 'send' && last?.kind === 'send')
      steps[steps.length - 1] = {
        kind: 'send',
        octets: Buffer.concat([last.octets, step.octets]),
        text: [...last.text, ...step.text],
      };
    else steps.push(step);
  }
  return steps;
}

function parseLine(source: string): Step {
  const word = /^<(tls|close|gone)>\s*$/.exec(source)?.[1];
  if (word !== undefined) return { kind: word as 'tls' | 'close' | 'gone', source };
  const [, speaker, text = ''] = /^(C|C\(raw\)|S): ?(.*)$/.exec(source) ?? [];
  if (speaker === 'C') return { kind: 'send', octets: Buffer.from(`${text}\r\n`), text: [source] };
  if (speaker === 'C(raw)') return { kind: 'send', octets: octetsOf(text), text: [source] };
  if (speaker !== 'S') throw new Error(`not a line of a script: ${source}`);
  if (text === '...') return { kind: 'more', source };
  const pattern = /^\/(.*)\/$/.exec(text)?.[1];
  const matches = pattern === undefined ? (line: string) => line.startsWith(text) : testerOf(pattern);
  return { kind: 'reply', source, matches };
}

function testerOf(pattern: string): (line: string) => boolean {
  const expression = new RegExp(pattern);
  return (line) => expression.test(line);
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };

/** Octets written with escapes; characters beyond ASCII stand for themselves, in UTF-8. */
export function octetsOf(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-fA-F]{2}|\\[rnt0\\])/).map((part) => {
    if (/^\\x..$/.test(part)) return Buffer.from(part.slice(2), 'hex');
    const escape = /^\\.$/.test(part) ? ESCAPES[part.slice(1)] : undefined;
    return Buffer.from(escape ?? part);
  });
  return Buffer.concat(parts);
}

function once(socket: Socket | TLSSocket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed before ${event}`)));
  });
}
