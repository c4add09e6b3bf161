/** The Received field (RFC 5321 §4.4): the one we add, and those we count to find loops (§6.3). */
import type { Session } from '../../platform/values/session.ts';

export interface ReceivedFacts {
  readonly session: Session;
  readonly id: string;
  /** Our own name. */
  readonly host: string;
  readonly at: number;
  readonly smtpUtf8: boolean;
  /** The name of the client's address, when it has that address too. */
  readonly clientName?: string | undefined;
  /** Named only when it is the one recipient, so that nobody learns of the others (RFC 5321 §7.2). */
  readonly recipient?: string | undefined;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const [LF, CR] = [10, 13];
/** Octets at the start of a line that tell whether it is a Received field. */
const TELLING = 80;

let lastSecond = NaN;
let lastDate = '';

/** A date-time of RFC 5322 §3.3, in UTC. The last one is kept: many messages share a second. */
export function formatDate(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = composeDate(at);
  }
  return lastDate;
}

function composeDate(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`;
}

/** `with` of RFC 3848 and RFC 6531 §4.3: ESMTPSA, UTF8SMTPS … */
export function protocolOf({ esmtp, tls, user }: Session, smtpUtf8: boolean): string {
  if (!esmtp) return 'SMTP';
  return `${smtpUtf8 ? 'UTF8SMTP' : 'ESMTP'}${tls ? 'S' : ''}${user === undefined ? '' : 'A'}`;
}

/** The field with its folding and final CRLF. */
export function composeReceived(facts: ReceivedFacts): string {
  const { session, id, host, at, smtpUtf8, clientName, recipient } = facts;
  const helo = session.helo.replace(/[^\x21-\x7e]|[()<>\\]/g, '?');
  const address = session.client.address.includes(':')
    ? `IPv6:${session.client.address}`
    : session.client.address;
  const name = clientName === undefined ? '' : `${clientName} `;
  const tls = session.tls ? `\r\n\t(${session.tls.version} ${session.tls.cipher})` : '';
  const forRecipient = recipient === undefined ? '' : `\r\n\tfor <${recipient}>`;
  return (
    `Received: from ${helo} (${name}[${address}])\r\n\tby ${host} (Mailpair)` +
    ` with ${protocolOf(session, smtpUtf8)} id ${id}${tls}${forRecipient};\r\n\t${formatDate(at)}\r\n`
  );
}

/** Counts the Received fields of a header section that comes in pieces cut anywhere. */
export class HopCounter {
  hops = 0;
  /** The start of the line at hand, as much of it as tells what it is. */
  #line = '';
  #ended = false;

  add(chunk: Buffer): void {
    let from = 0;
    while (!this.#ended && from < chunk.length) {
      const lf = chunk.indexOf(LF, from);
      const end = lf < 0 ? chunk.length : lf + 1;
      if (lf >= 0 && this.#line === '' && !mayTell(chunk[from]!)) {
        from = end;
        continue;
      }
      if (this.#line === '' && chunk[from] === CR && chunk[from + 1] === LF) {
        this.#ended = true;
        return;
      }
      if (this.#line.length < TELLING)
        this.#line += chunk.toString('latin1', from, Math.min(end, from + TELLING));
      from = end;
      if (lf < 0) return;
      if (/^received[ \t]*:/i.test(this.#line)) this.hops += 1;
      this.#ended = this.#line === '\r\n';
      this.#line = '';
    }
  }
}

/** A line that begins so is a Received field or ends the header section, if any is. */
const mayTell = (octet: number): boolean => octet === 0x52 || octet === 0x72 || octet === CR;

/** Received fields in the header section at the start of `chunks`. */
export function countReceived(chunks: readonly Buffer[]): number {
  const counter = new HopCounter();
  for (const chunk of chunks) counter.add(chunk);
  return counter.hops;
}
