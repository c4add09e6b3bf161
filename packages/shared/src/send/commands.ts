/**
 * The commands of one transaction, by what the next hop offers (RFC 5321 §4.1.1, 1870, 3461, 6152, 6531, 8689), and
 * the recipients that are refused before anything is sent because it cannot take them.
 *
 * Octets above 127 go to a host without 8BITMIME as they are, without the parameter. Re-encoding a message breaks its
 * signatures, and such hosts pass them on in practice.
 */
import { needsSmtpUtf8, withAsciiDomain } from '../values/address.ts';
import type { Recipient } from '../values/envelope.ts';
import { replies, type Reply } from '../values/reply.ts';
import type { Extensions } from './extensions.ts';
import type { Outgoing } from './outgoing.ts';
import { xtext, orcptText } from './xtext.ts';

export interface Commands {
  /** By recipient: our reply to one that is refused unsent. */
  readonly refusals: readonly (Reply | undefined)[];
  /** The recipients that are asked for, as indexes into the envelope's; none when nothing is to be sent. */
  readonly asked: readonly number[];
  readonly mail: string;
  /** One for each of `asked`. */
  readonly rcpts: readonly string[];
}

export interface Hop {
  readonly extensions: Extensions;
  readonly tls: boolean;
}

const NO_REQUIRETLS: Reply = {
  code: 550,
  enhanced: '5.7.30',
  text: 'The next host does not offer REQUIRETLS, which the sender asked for',
};

/** `utf8Header`: the message's header section has UTF-8 in it (RFC 6532); only asked for a hop without SMTPUTF8. */
export function composeCommands(outgoing: Outgoing, hop: Hop, utf8Header: boolean): Commands {
  const { extensions } = hop;
  const sizeBytes = Buffer.byteLength(outgoing.head) + outgoing.body.sizeBytes;
  const refusal = refuseMessage(outgoing, hop, sizeBytes, utf8Header);
  if (refusal) return { refusals: outgoing.recipients.map(() => refusal), asked: [], mail: '', rcpts: [] };

  const utf8 =
    extensions.smtpUtf8 &&
    (outgoing.smtpUtf8 ||
      needsSmtpUtf8(outgoing.reversePath) ||
      outgoing.recipients.some(({ address }) => needsSmtpUtf8(address)));
  const refusals: (Reply | undefined)[] = [];
  const asked: number[] = [];
  const rcpts: string[] = [];
  outgoing.recipients.forEach((recipient, index) => {
    const path = pathFor(recipient.address, utf8);
    refusals[index] = typeof path === 'string' ? undefined : (path ?? replies.badRecipient);
    if (typeof path !== 'string') return;
    asked.push(index);
    rcpts.push(`RCPT TO:<${path}>${extensions.dsn ? dsnParameters(recipient) : ''}\r\n`);
  });
  return { refusals, asked, rcpts, mail: mailCommand(outgoing, extensions, utf8, sizeBytes) };
}

/** What stands against the message as a whole. */
function refuseMessage(
  outgoing: Outgoing,
  { extensions, tls }: Hop,
  sizeBytes: number,
  utf8Header: boolean,
): Reply | undefined {
  if (outgoing.requireTls && !(tls && extensions.requireTls)) return NO_REQUIRETLS;
  const limit = extensions.sizeLimitBytes;
  if (limit > 0 && sizeBytes > limit) return replies.messageTooBig(limit);
  if (utf8Header && !extensions.smtpUtf8) return replies.noSmtpUtf8;
  const path = pathFor(outgoing.reversePath, extensions.smtpUtf8);
  return typeof path === 'string' ? undefined : (path ?? replies.badSender);
}

const NOT_IN_A_COMMAND = /[\0-\x1f\x7f]/;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The address for a command; a reply when the hop cannot take it; null when it would break the command. */
function pathFor(address: string, utf8: boolean): string | Reply | null {
  if (NOT_IN_A_COMMAND.test(address)) return null;
  if (utf8 || !BEYOND_ASCII.test(address)) return address;
  const ascii = withAsciiDomain(address);
  return BEYOND_ASCII.test(ascii) ? replies.noSmtpUtf8 : ascii;
}

function mailCommand(outgoing: Outgoing, extensions: Extensions, utf8: boolean, sizeBytes: number): string {
  let command = `MAIL FROM:<${pathFor(outgoing.reversePath, utf8)}>`;
  if (extensions.size) command += ` SIZE=${sizeBytes}`;
  if (extensions.eightBitMime && (outgoing.eightBit || outgoing.body.eightBit)) command += ' BODY=8BITMIME';
  if (utf8) command += ' SMTPUTF8';
  if (extensions.dsn) {
    if (outgoing.ret) command += ` RET=${outgoing.ret.toUpperCase()}`;
    if (outgoing.envid) command += ` ENVID=${xtext(outgoing.envid)}`;
  }
  if (outgoing.requireTls) command += ' REQUIRETLS';
  return `${command}\r\n`;
}

function dsnParameters({ notify, orcpt }: Recipient): string {
  let parameters = '';
  if (notify && notify.length > 0) parameters += ` NOTIFY=${notify.join(',').toUpperCase()}`;
  if (orcpt) parameters += ` ORCPT=${orcptText(orcpt)}`;
  return parameters;
}

/** MAIL and RCPT to ask whether a recipient is known; a reply when the hop cannot be asked about such an address. */
export function composeProbe(
  reversePath: string,
  recipient: string,
  { smtpUtf8 }: Extensions,
): { readonly mail: string; readonly rcpt: string } | Reply {
  const utf8 = smtpUtf8 && (needsSmtpUtf8(reversePath) || needsSmtpUtf8(recipient));
  const from = pathFor(reversePath, utf8);
  const to = pathFor(recipient, utf8);
  if (typeof from !== 'string') return from ?? replies.badSender;
  if (typeof to !== 'string') return to ?? replies.badRecipient;
  return { mail: `MAIL FROM:<${from}>${utf8 ? ' SMTPUTF8' : ''}\r\n`, rcpt: `RCPT TO:<${to}>\r\n` };
}
