/**
 * The machine-readable part of a DSN, message/delivery-status (RFC 3464 §2). Pure.
 *
 * Guarantee: printable ASCII and CRLF only, no line over 998 octets, whatever a remote host replied. Addresses
 * beyond ASCII stand in the escaped form that 7-bit parts are given (RFC 6533 §3).
 */
import { isIP } from 'node:net';
import type { Entry, RecipientState } from '../../platform/values/entry.ts';
import { needsSmtpUtf8, withAsciiDomain } from '../../platform/values/address.ts';
import { formatReply } from '../../platform/values/reply.ts';
import { type Notice, statusCodeOf } from './notice.ts';
import { plainLine } from './plain-line.ts';

/** RFC 5322 §2.1.1: lines should be this long at most … */
const lineLength = 78;
/** … and a word that cannot be folded is cut here, since 998 is the end. */
const foldableWord = /.{1,900}/g;

type Field = readonly [name: string, value: string] | null;

export interface StatusReport extends Notice {
  readonly entry: Entry;
  /** Our name: Reporting-MTA, and the domain of MAILER-DAEMON. */
  readonly reportingHost: string;
  readonly now: number;
}

export function composeDeliveryStatus(report: StatusReport): string {
  const { entry, recipients, reportingHost } = report;
  const aboutMessage: Field[] = [
    ['Reporting-MTA', `dns; ${reportingHost}`],
    entry.envid === undefined ? null : ['Original-Envelope-Id', entry.envid],
    ['Arrival-Date', mailDate(entry.receivedAt)],
  ];
  return [aboutMessage, ...recipients.map((recipient) => recipientFields(report, recipient))]
    .map(composeFields)
    .join('\r\n');
}

function recipientFields({ kind, entry, now }: StatusReport, recipient: RecipientState): Field[] {
  const { address, orcpt, last } = recipient;
  return [
    orcpt === undefined ? null : originalRecipient(orcpt),
    ['Final-Recipient', typedAddress(address)],
    ['Action', kind],
    ['Status', statusCodeOf(kind, recipient)],
    last?.host === undefined
      ? null
      : ['Remote-MTA', `dns; ${isIP(last.host) ? `[${last.host}]` : last.host}`],
    // Only a host that replied speaks SMTP; what we say ourselves has a type of our own (RFC 3464 §2.3.6).
    last === undefined
      ? null
      : ['Diagnostic-Code', `${last.host === undefined ? 'x-mailpair' : 'smtp'}; ${formatReply(last.reply)}`],
    last === undefined ? null : ['Last-Attempt-Date', mailDate(last.at)],
    kind === 'delayed' && entry.expiresAt > now ? ['Will-Retry-Until', mailDate(entry.expiresAt)] : null,
  ];
}

/** `Mon, 23 Nov 2026 12:00:00 +0000` (RFC 5322 §3.3). */
export const mailDate = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

function originalRecipient(orcpt: string): Field {
  const parts = /^([^;]+);(.+)$/s.exec(orcpt);
  if (!parts) return null;
  const [, type = '', address = ''] = parts;
  const escaped =
    type.trim().toLowerCase() === 'utf-8' ? escapeAddress(unescapeAddress(address.trim())) : address.trim();
  return ['Original-Recipient', `${type.trim()}; ${escaped}`];
}

const typedAddress = (address: string): string =>
  needsSmtpUtf8(address) ? `utf-8; ${escapeAddress(address)}` : `rfc822; ${withAsciiDomain(address)}`;

/** utf-8-addr-xtext: `\x{HEX}` for all but QCHAR. */
const escapeAddress = (address: string): string =>
  plainLine(address).replace(
    /[^!-*,-<>-[\]-~]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16).toUpperCase().padStart(2, '0')}}`,
  );

const unescapeAddress = (address: string): string =>
  address.replace(/\\x\{([0-9a-f]{2,6})\}/gi, (escape, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : escape;
  });

const composeFields = (fields: readonly Field[]): string =>
  fields.map((field) => (field ? `${fold(`${field[0]}: ${ascii(field[1])}`)}\r\n` : '')).join('');

const ascii = (value: string): string =>
  plainLine(value)
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]/gu, '?');

/** Breaks a field before a space wherever that keeps lines short (RFC 5322 §2.2.3). */
function fold(field: string): string {
  const words = field.split(' ').flatMap((word) => word.match(foldableWord) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= lineLength)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : ` ${word}`);
  }
  return lines.join('\r\n');
}
