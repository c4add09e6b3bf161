/**
 * The commands of one transaction, by what the next hop offers (RFC 5321 §4.1.1, 1870, 3461, 6152, 6531, 8689), and
 * the recipients that are refused before anything is sent because it cannot take them.
 *
 * Octets above 127 go to a host without 8BITMIME as they are, without the parameter. Re-encoding a message breaks its
 * signatures, and such hosts pass them on in practice.
 */
import { needsSmtpUtf8, withAsciiDomain } from '../../platform/values/address.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
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
  const utf8 = extensions.smtpUtf8 && (outgoing.smtpUtf8 || hasUtf8Address(outgoing));
  const reversePath = pathFor(outgoing.reversePath, utf8, replies.badSender);
  const refusal = refuseMessage(outgoing, hop, sizeBytes, utf8Header);
  if (refusal) return refusingAll(outgoing, refusal);
  if (typeof reversePath !== 'string') return refusingAll(outgoing, reversePath);

  const refusals: (Reply | undefined)[] = [];
  const asked: number[] = [];
  const rcpts: string[] = [];
  outgoing.recipients.forEach((recipient, index) => {
    const path = pathFor(recipient.address, utf8, replies.badRecipient);
    refusals[index] = typeof path === 'string' ? undefined : path;
    if (typeof path !== 'string') return;
    asked.push(index);
    rcpts.push(`RCPT TO:<${path}>${extensions.dsn ? dsnParameters(recipient) : ''}\r\n`);
  });
  const mail = `MAIL FROM:<${reversePath}>${mailParameters(outgoing, extensions, utf8, sizeBytes)}\r\n`;
  return { refusals, asked, mail, rcpts };
}

const refusingAll = ({ recipients }: Outgoing, refusal: Reply): Commands => ({
  refusals: recipients.map(() => refusal),
  asked: [],
  mail: '',
  rcpts: [],
});

/** What stands against the message as a whole. */
function refuseMessage(
  { requireTls }: Outgoing,
  { extensions, tls }: Hop,
  sizeBytes: number,
  utf8Header: boolean,
): Reply | undefined {
  if (requireTls && !(tls && extensions.requireTls)) return NO_REQUIRETLS;
  const limit = extensions.sizeLimitBytes;
  if (limit > 0 && sizeBytes > limit) return replies.messageTooBig(limit);
  return utf8Header && !extensions.smtpUtf8 ? replies.noSmtpUtf8 : undefined;
}

const hasUtf8Address = ({ reversePath, recipients }: Outgoing): boolean =>
  needsSmtpUtf8(reversePath) || recipients.some(({ address }) => needsSmtpUtf8(address));

const NOT_IN_A_COMMAND = /[\0-\x1f\x7f]/;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The address for a command; a reply when it would break the command (`malformed`) or the hop cannot take it. */
function pathFor(address: string, utf8: boolean, malformed: Reply): string | Reply {
  if (NOT_IN_A_COMMAND.test(address)) return malformed;
  if (utf8 || !BEYOND_ASCII.test(address)) return address;
  const ascii = withAsciiDomain(address);
  return BEYOND_ASCII.test(ascii) ? replies.noSmtpUtf8 : ascii;
}

function mailParameters(
  { eightBit, body, ret, envid, requireTls }: Outgoing,
  extensions: Extensions,
  utf8: boolean,
  sizeBytes: number,
): string {
  let parameters = '';
  if (extensions.size) parameters += ` SIZE=${sizeBytes}`;
  if (extensions.eightBitMime && (eightBit || body.eightBit)) parameters += ' BODY=8BITMIME';
  if (utf8) parameters += ' SMTPUTF8';
  if (extensions.dsn && ret) parameters += ` RET=${ret.toUpperCase()}`;
  if (extensions.dsn && envid) parameters += ` ENVID=${xtext(envid)}`;
  if (requireTls) parameters += ' REQUIRETLS';
  return parameters;
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
  const from = pathFor(reversePath, utf8, replies.badSender);
  const to = pathFor(recipient, utf8, replies.badRecipient);
  if (typeof from !== 'string') return from;
  if (typeof to !== 'string') return to;
  return { mail: `MAIL FROM:<${from}>${utf8 ? ' SMTPUTF8' : ''}\r\n`, rcpt: `RCPT TO:<${to}>\r\n` };
}
