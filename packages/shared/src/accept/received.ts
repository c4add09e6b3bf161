/** The Received field (RFC 5321 §4.4): the one we add, and those we count to find loops (§6.3). */
import type { Session } from '../values/session.ts';

export interface ReceivedFacts {
  readonly session: Session;
  readonly id: string;
  /** Our own name. */
  readonly host: string;
  readonly at: number;
  readonly smtpUtf8: boolean;
  /** Named only when it is the one recipient, so that nobody learns of the others (RFC 5321 §7.2). */
  readonly recipient?: string;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date-time of RFC 5322 §3.3, in UTC. */
export function formatDate(at: number): string {
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
export function composeReceived({ session, id, host, at, smtpUtf8, recipient }: ReceivedFacts): string {
  const helo = session.helo.replace(/[^\x21-\x7e]|[()<>\\]/g, '?');
  const address = session.client.address.includes(':') ? `IPv6:${session.client.address}` : session.client.address;
  const tls = session.tls ? `\r\n\t(${session.tls.version} ${session.tls.cipher})` : '';
  const forRecipient = recipient === undefined ? '' : `\r\n\tfor <${recipient}>`;
  return (
    `Received: from ${helo} ([${address}])\r\n\tby ${host} (Mailpair)` +
    ` with ${protocolOf(session, smtpUtf8)} id ${id}${tls}${forRecipient};\r\n\t${formatDate(at)}\r\n`
  );
}

/** Received fields in the header section at the start of `chunks`. */
export function countReceived(chunks: readonly Buffer[]): number {
  let hops = 0;
  let tail = '';
  for (const chunk of chunks) {
    const text = tail + chunk.toString('latin1');
    const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n');
    const lines = end >= 0 ? text.slice(0, end) : text.slice(0, text.lastIndexOf('\n') + 1);
    hops += lines.match(/^received[ \t]*:/gim)?.length ?? 0;
    if (end >= 0) break;
    tail = text.slice(lines.length);
  }
  return hops;
}
