/**
 * What a stranger reads of a reply that concerns the way behind this gateway: the codes as they are, and words of our own. A local
 * server's text may name hosts, addresses, users and software of this site, and so may what we say of a server that does not answer.
 * The operator finds the text in the log, in `trace` and in the queue. Pure.
 */
import type { Reply } from './reply.ts';

export function toStranger({ code, enhanced }: Reply): Reply {
  const statusClass = code < 400 ? '2' : code < 500 ? '4' : '5';
  // RFC 2034 §3: every such reply has a code, and its class is that of the reply.
  const status = enhanced.startsWith(`${statusClass}.`) ? enhanced : `${statusClass}.0.0`;
  return { code, enhanced: status, text: wordsOf(statusClass, status.slice(2)) };
}

function wordsOf(statusClass: string, about: string): string {
  if (statusClass === '2') return 'The mail server took the message';
  const bySubject = WORDS_BY_SUBJECT[about.slice(0, about.indexOf('.'))] ?? WORDS_FOR_ANY;
  if (statusClass === '5') return WORDS[about] ?? bySubject;
  // 4.1.1 says that a mailbox could not be looked up, not that it does not exist.
  return `${about.startsWith('1.') ? bySubject : (WORDS[about] ?? bySubject)}, please try again later`;
}

/** By subject and detail (RFC 3463 §3, RFC 6531, RFC 7372, RFC 7505). */
const WORDS: Readonly<Record<string, string>> = {
  '1.1': 'No such mailbox here',
  '1.2': 'No such domain here',
  '1.3': 'Recipient address has a syntax error',
  '1.6': 'The mailbox has moved, and its mail is not forwarded',
  '1.7': 'Sender address is not accepted',
  '1.8': 'Sender address is not accepted',
  '1.10': 'The domain takes no mail',
  '2.1': 'The mailbox takes no mail',
  '2.2': 'The mailbox is full',
  '2.3': 'The message is too big for this mailbox',
  '3.1': 'The mail server has no room',
  '3.4': 'The message is too big',
  '4.6': 'The message looks like a mail loop',
  '5.3': 'Too many recipients in one message, send the rest in another',
  '6.7': 'The mail server cannot take internationalised addresses (SMTPUTF8)',
  '7.20': 'The message fails authentication (DKIM)',
  '7.21': 'The message fails authentication (DKIM)',
  '7.22': 'The message fails authentication (DKIM)',
  '7.23': 'The message fails authentication (SPF)',
  '7.24': 'The message fails authentication (SPF)',
  '7.26': 'The message fails authentication (SPF and DKIM)',
};

const WORDS_BY_SUBJECT: Readonly<Record<string, string>> = {
  '1': 'The mail server does not accept the address',
  '2': 'The mailbox does not take the message',
  '3': 'The mail server does not take the message',
  '4': 'The mail server cannot be reached',
  '6': 'The mail server does not accept the content of the message',
  '7': 'The message is refused by the policy of the mail server',
};

const WORDS_FOR_ANY = 'The mail server does not take the message';
