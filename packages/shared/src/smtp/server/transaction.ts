/**
 * Turns MAIL and RCPT commands into an envelope. Pure: command in, envelope or the reply that refuses it out.
 */
import type { Envelope, Notify, Recipient } from '../../platform/values/envelope.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import { decodeOrcpt, decodeXtext, parsePathCommand } from './path-command.ts';

/** What the session allows a client to declare. */
export interface TransactionRules {
  readonly maxMessageBytes: number;
  readonly secure: boolean;
  /** DSN is announced; without it its parameters are not known (RFC 5321 §4.1.1.11). */
  readonly dsn: boolean;
}

export type MailResult =
  | { readonly envelope: Omit<Envelope, 'recipients'>; readonly sizeBytes: number }
  | { readonly refusal: Reply };
export type RcptResult = { readonly recipient: Recipient } | { readonly refusal: Reply };

const NOTIFY: readonly string[] = ['success', 'failure', 'delay'];
const beyondAscii = (text: string): boolean => /[^\x00-\x7f]/.test(text);
const refuse = (refusal: Reply): { refusal: Reply } => ({ refusal });

/** MAIL FROM (RFC 5321 §4.1.1.2; SIZE RFC 1870, BODY RFC 6152, SMTPUTF8 RFC 6531, RET/ENVID RFC 3461, REQUIRETLS RFC 8689). */
export function readMail(argument: string, rules: TransactionRules): MailResult {
  const command = parsePathCommand(argument);
  if ('fault' in command)
    return refuse(command.fault === 'address' ? replies.badSender : replies.badParameterValue(command.name));
  if (command.address.toLowerCase() === 'postmaster') return refuse(replies.badSender);

  const envelope: { -readonly [K in keyof Omit<Envelope, 'recipients'>]: Envelope[K] } = {
    reversePath: command.address,
    eightBit: false,
    smtpUtf8: false,
    requireTls: false,
  };
  let sizeBytes = 0;
  for (const [name, value] of command.parameters) {
    const bad = refuse(replies.badParameterValue(name));
    switch (name) {
      case 'SIZE':
        if (!/^\d{1,20}$/.test(value)) return bad;
        sizeBytes = Number(value);
        if (sizeBytes > rules.maxMessageBytes) return refuse(replies.messageTooBig(rules.maxMessageBytes));
        break;
      case 'BODY':
        if (!/^(7BIT|8BITMIME)$/i.test(value)) return bad;
        envelope.eightBit = value.toUpperCase() === '8BITMIME';
        break;
      case 'SMTPUTF8':
        if (value !== '') return bad;
        envelope.smtpUtf8 = true;
        break;
      case 'REQUIRETLS':
        if (!rules.secure) return refuse(replies.badParameter(name)); // RFC 8689 §2: offered over TLS only
        if (value !== '') return bad;
        envelope.requireTls = true;
        break;
      case 'RET':
        if (!rules.dsn) return refuse(replies.badParameter(name));
        if (!/^(FULL|HDRS)$/i.test(value)) return bad;
        envelope.ret = value.toLowerCase() as 'full' | 'hdrs';
        break;
      case 'ENVID': {
        if (!rules.dsn) return refuse(replies.badParameter(name));
        const envid = decodeXtext(value);
        if (!envid || envid.length > 100) return bad;
        envelope.envid = envid;
        break;
      }
      case 'AUTH':
        break; // RFC 4954 §5: taken and not trusted
      default:
        return refuse(replies.badParameter(name));
    }
  }
  if (beyondAscii(command.address) && !envelope.smtpUtf8) return refuse(replies.smtpUtf8Needed);
  return { envelope, sizeBytes };
}

/** RCPT TO (RFC 5321 §4.1.1.3; NOTIFY/ORCPT RFC 3461). */
export function readRcpt(
  argument: string,
  { smtpUtf8, dsn }: { readonly smtpUtf8: boolean; readonly dsn: boolean },
): RcptResult {
  const command = parsePathCommand(argument);
  if ('fault' in command)
    return refuse(
      command.fault === 'address' ? replies.badRecipient : replies.badParameterValue(command.name),
    );
  if (command.address === '') return refuse(replies.badRecipient);
  if (beyondAscii(command.address) && !smtpUtf8) return refuse(replies.smtpUtf8Needed);

  const recipient: { -readonly [K in keyof Recipient]: Recipient[K] } = { address: command.address };
  for (const [name, value] of command.parameters) {
    const bad = refuse(replies.badParameterValue(name));
    if (dsn && name === 'NOTIFY') {
      const wanted = value.toLowerCase().split(',');
      const never = wanted.length === 1 && wanted[0] === 'never';
      if (!never && !wanted.every((word) => NOTIFY.includes(word))) return bad;
      recipient.notify = wanted as Notify[];
    } else if (dsn && name === 'ORCPT') {
      const orcpt = value.length > 500 ? undefined : decodeOrcpt(value, smtpUtf8);
      if (!orcpt) return bad;
      recipient.orcpt = orcpt;
    } else {
      return refuse(replies.badParameter(name));
    }
  }
  return { recipient };
}
