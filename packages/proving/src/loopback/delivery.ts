/**
 * One session of a simulated sender with one host: sends a message and reports the result for each recipient
 * and the first failure. Shares no code with the gateways.
 */
import { createConnection, type Socket } from 'node:net';
import type { Trouble } from './behaviour.ts';

export interface HostAddress {
  readonly address: string;
  readonly port: number;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Delivered {
  readonly accepted: readonly string[];
  /** From recipient to the 5xx reply. */
  readonly refused: ReadonlyMap<string, string>;
  /** The 250 reply to the message. */
  readonly reply?: string;
  /** The first failure; the reason for the recipients that are not yet settled. */
  readonly trouble?: Trouble;
  /** Whether the session got past the greeting and EHLO. */
  readonly wasLetIn: boolean;
}

export interface Caller {
  readonly name: string;
  readonly localAddress: string;
}

/** The session broke. */
class Broken extends Error {}

/** The maximum time in ms for which the host may be silent. */
const SILENCE_MS = 60_000;

export async function deliver(
  to: HostAddress,
  caller: Caller,
  envelope: Envelope,
  octets: Buffer,
): Promise<Delivered> {
  const accepted: string[] = [];
  const refused = new Map<string, string>();
  let trouble: Trouble = 'refused';
  let wasLetIn = false;
  let reply: string | undefined;
  const end = (at?: Trouble): Delivered => ({
    ...{ accepted, refused, wasLetIn },
    ...(at && { trouble: at }),
    ...(reply !== undefined && { reply }),
  });
  let dialogue: Dialogue | undefined;
  try {
    dialogue = await Dialogue.open(to, caller);
    trouble = 'closed';
    const greeting = await dialogue.reply();
    if (greeting.code >= 500) return end('greeting 5xx');
    if (greeting.code >= 400) return end('greeting 4xx');
    trouble = 'lost';
    if ((await dialogue.say(`EHLO ${caller.name}`)).code >= 400) return end('hello 4xx');
    wasLetIn = true;

    const mail = await dialogue.say(`MAIL FROM:<${envelope.from}> SIZE=${octets.length}`);
    if (mail.code >= 500) return refuseAll(envelope.to, mail.text, refused, end);
    if (mail.code >= 400) return end('mail 4xx');
    const taken: string[] = [];
    let isPutOff = false;
    for (const recipient of envelope.to) {
      const { code, text } = await dialogue.say(`RCPT TO:<${recipient}>`);
      if (code < 300) taken.push(recipient);
      else if (code >= 500) refused.set(recipient, text);
      else isPutOff = true;
    }
    const afterwards: Trouble | undefined = isPutOff ? 'rcpt 4xx' : undefined;
    if (taken.length === 0) return end(afterwards);
    const go = await dialogue.say('DATA');
    if (go.code >= 500) return refuseAll(taken, go.text, refused, end);
    if (go.code >= 400) return end('message 4xx');
    trouble = 'unanswered';
    const last = await dialogue.say(Buffer.concat([doubleDots(octets), Buffer.from('.\r\n')]));
    if (last.code >= 500) return refuseAll(taken, last.text, refused, end);
    if (last.code >= 400) return end('message 4xx');
    accepted.push(...taken);
    reply = last.text;
    return end(afterwards);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return end(trouble);
  } finally {
    dialogue?.close();
  }
}

function refuseAll(
  recipients: readonly string[],
  text: string,
  refused: Map<string, string>,
  end: () => Delivered,
): Delivered {
  for (const recipient of recipients) refused.set(recipient, text);
  return end();
}

interface Reply {
  readonly code: number;
  /** The last line of the reply, with the code. */
  readonly text: string;
}

class Dialogue {
  readonly #socket: Socket;
  #input = '';
  #isOver = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      this.#input += piece;
      this.#wake();
    });
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on('error', over).on('close', over);
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
  }

  static async open({ address, port }: HostAddress, { localAddress }: Caller): Promise<Dialogue> {
    const socket = createConnection({ host: address, port, localAddress, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) => reject(new Broken(error.message)));
    });
    return new Dialogue(socket);
  }

  async reply(): Promise<Reply> {
    for (;;) {
      const lines = this.#input.split('\r\n');
      const last = lines.findIndex((line, index) => index < lines.length - 1 && /^\d{3}(?: |$)/.test(line));
      if (last >= 0) {
        this.#input = lines.slice(last + 1).join('\r\n');
        return { code: Number(lines[last]!.slice(0, 3)), text: lines[last]! };
      }
      if (this.#isOver) throw new Broken('the connection was closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends a line, or octets that end with a line end, in one write. */
  say(line: string | Buffer): Promise<Reply> {
    this.#socket.write(typeof line === 'string' ? `${line}\r\n` : line);
    return this.reply();
  }

  close(): void {
    if (!this.#isOver) this.#socket.end('QUIT\r\n');
    this.#socket.setTimeout(1000, () => this.#socket.destroy());
  }
}

/** Dot-stuffing (RFC 5321 §4.5.2). */
const doubleDots = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1..'), 'latin1');
