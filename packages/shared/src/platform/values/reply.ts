/**
 * SMTP replies (RFC 5321 §4.2) with enhanced status codes (RFC 3463), and the one table of those we give.
 *
 * A text tells the sender what to do; what the operator needs to know goes to the log. Permanent codes
 * are for what is proven, anything in doubt is temporary.
 */

export interface Reply {
  readonly code: number;
  /** `5.1.1`; '' where RFC 2034 §3 allows none (greeting, HELO, EHLO, 3xx). */
  readonly enhanced: string;
  readonly text: string;
  /** For the operator, never sent: what led to it, such as the words of a local server. */
  readonly cause?: string;
}

const reply = (code: number, enhanced: string, text: string): Reply => ({ code, enhanced, text });

const spoken = {
  http: 'You speak HTTP',
  tls: 'You speak TLS where commands are expected',
  unknown: 'You speak another protocol',
} as const;

export const replies = {
  mailOk: reply(250, '2.1.0', 'Sender OK'),
  rcptOk: reply(250, '2.1.5', 'Recipient OK'),
  queued: (id: string) => reply(250, '2.0.0', `Queued as ${id}`),
  relayed: (id: string) => reply(250, '2.0.0', `Delivered as ${id}`),

  localFault: reply(451, '4.3.0', 'Temporary fault on this host, please try again later'),
  notBegun: reply(451, '4.3.0', 'Not sent, for what became of it could not be written down'),
  noRoom: reply(452, '4.3.1', 'No room for a message of this size at the moment, please try again later'),
  storageFull: reply(452, '4.3.1', 'Not enough storage at the moment, please try again later'),
  starting: reply(421, '4.3.2', 'This host is starting, please try again in a moment'),
  shuttingDown: reply(421, '4.3.2', 'This host is shutting down, please try again later'),
  tooManyConnections: reply(421, '4.3.2', 'Too many connections at the moment, please try again later'),
  otherMx: reply(421, '4.3.2', 'Busy at the moment, please use our other MX host or try again later'),
  tooManyFromClient: reply(421, '4.7.0', 'Too many connections from your address, please try again later'),
  tooManyFromNetwork: reply(421, '4.7.0', 'Too many connections from your network, please try again later'),
  tooOften: (what: string, waitMs: number) =>
    reply(421, '4.7.0', `Too many connections from your ${what}, please try again in ${spell(waitMs)}`),
  tooManyMessages: (what: string, waitMs: number) =>
    reply(450, '4.7.1', `Too many messages from your ${what}, please try again in ${spell(waitMs)}`),
  tooManyRecipientsSoon: (waitMs: number) =>
    reply(450, '4.7.1', `Too many recipients from your address, please try again in ${spell(waitMs)}`),
  banned: (why: string, until: string) =>
    reply(421, '4.7.0', `Your address is refused by this host until ${until}: ${why}`),
  greylisted: (waitMs: number) =>
    reply(
      451,
      '4.7.1',
      `You are new to this host: please send this message again in ${spell(waitMs)} or later`,
    ),
  tooManyErrors: reply(421, '4.7.0', 'Too many errors, closing the connection'),
  tooManyCommands: reply(421, '4.7.0', 'Too many commands without a message, closing the connection'),
  idle: reply(421, '4.4.2', 'Waited too long for your next command, closing the connection'),
  noMessageInTime: reply(421, '4.4.2', 'You took too long to send a message, closing the connection'),
  givesWay: reply(421, '4.4.2', 'Idle while others wait for a session, closing the connection'),
  messageTimeout: reply(421, '4.4.2', 'The message took too long to arrive, closing the connection'),
  notSmtp: (protocol: 'http' | 'tls' | 'unknown') =>
    reply(421, '4.7.0', `${spoken[protocol]}; this port is for SMTP, closing the connection`),
  earlyTalker: reply(421, '4.7.0', 'You spoke before this host greeted you, closing the connection'),

  tooManyRecipients: reply(452, '4.5.3', 'Too many recipients in one message, send the rest in another'),
  messageTooBig: (limit: number) => reply(552, '5.3.4', `Message exceeds the size limit of ${limit} bytes`),
  bareLineEnd: reply(
    554,
    '5.6.0',
    'Message has a bare CR, a bare LF or a NUL; lines must end in CRLF (RFC 5321 2.3.8)',
  ),
  beginsWithBlank: reply(
    550,
    '5.6.0',
    'Message begins with a space or a tab; the first line must be a header field (RFC 5322 2.2)',
  ),
  headerTooBig: (limit: number) => reply(552, '5.3.4', `Header section exceeds the limit of ${limit} bytes`),
  loop: (hops: number) =>
    reply(554, '5.4.6', `Message has passed ${hops} hosts, which looks like a mail loop`),

  ehloFirst: reply(503, '5.5.1', 'Send EHLO or HELO first'),
  mailFirst: reply(503, '5.5.1', 'Send MAIL first'),
  nestedMail: reply(503, '5.5.1', 'A message is under way already; send RSET to drop it'),
  badCommand: reply(500, '5.5.2', 'Command not recognised'),
  lineTooLong: reply(421, '4.5.2', 'Command line too long, closing the connection'),
  badSyntax: (form: string) => reply(501, '5.5.4', `Syntax: ${form}`),
  badParameter: (name: string) => reply(555, '5.5.4', `Parameter ${name} is not known or not allowed here`),
  badParameterValue: (name: string) =>
    reply(501, '5.5.4', `Parameter ${name} has a bad value, or is given twice`),
  badChunk: reply(
    501,
    '5.5.4',
    'Syntax: BDAT octets [LAST]; closing the connection, since commands cannot be told from message',
  ),
  chunked: reply(503, '5.5.1', 'The message comes in chunks; send BDAT, or RSET to drop it'),
  chunkOk: (sizeBytes: number) => reply(250, '2.0.0', `${sizeBytes} octets received`),
  bye: reply(221, '2.0.0', 'Bye'),
  ok: reply(250, '2.0.0', 'OK'),
  startData: reply(354, '', 'End the message with <CR><LF>.<CR><LF>'),

  badSender: reply(501, '5.1.7', 'Sender address has a syntax error'),
  badRecipient: reply(501, '5.1.3', 'Recipient address has a syntax error'),
  relayDenied: reply(550, '5.7.1', 'Relaying denied: this host takes mail for its own domains only'),
  routedAddress: reply(550, '5.7.1', 'Addresses that name a further hop (% or !) are not relayed'),
  unknownRecipient: reply(550, '5.1.1', 'No such mailbox here'),
  unverifiedRecipient: reply(
    450,
    '4.1.1',
    'The mailbox cannot be verified at the moment, please try again later',
  ),
  recipientsChanged: reply(451, '4.1.1', 'A recipient is no longer valid, please send again to learn which'),
  smtpUtf8Needed: reply(553, '5.6.7', 'An address beyond ASCII needs the SMTPUTF8 parameter on MAIL'),
  noSmtpUtf8: reply(550, '5.6.7', 'The next host cannot take internationalised addresses (SMTPUTF8)'),
  authRequired: reply(530, '5.7.0', 'Authentication required'),
  authFailed: reply(535, '5.7.8', 'User name or password is wrong'),
  foreignIdentity: reply(535, '5.7.8', 'Nobody may sign in to act as another user here'),
  signInsRefused: (waitMs: number) =>
    reply(421, '4.7.0', `Too many failed sign-ins from your network, please try again in ${spell(waitMs)}`),
  accountRefused: (waitMs: number) =>
    reply(454, '4.7.0', `Too many failed sign-ins of this user, please try again in ${spell(waitMs)}`),
  tooManySignIns: reply(454, '4.7.0', 'Too many sign-ins at the moment, please try again in a moment'),
  tooManyTries: reply(421, '4.7.0', 'Too many failed sign-ins, closing the connection'),
  authFault: reply(454, '4.7.0', 'Authentication is not possible at the moment, please try again later'),
  tooManyOfUser: reply(454, '4.7.0', 'Too many sessions of this user at the moment, please try again later'),
  tlsRequired: reply(538, '5.7.11', 'Issue STARTTLS first: a password is not taken in the clear'),

  notChecked: reply(451, '4.7.1', 'The message cannot be checked at the moment, please try again later'),
  notSigned: reply(451, '4.7.0', 'The message cannot be signed at the moment, please try again later'),
  policy: reply(550, '5.7.1', 'Refused by the policy of this host'),
  spam: reply(550, '5.7.1', 'The message looks like spam and is refused; if it is not, ask postmaster here'),

  virus: (name: string) => reply(550, '5.7.1', `The message contains malware (${name}) and is refused`),
  tooBigToScan: reply(552, '5.3.4', 'The message is too big to be scanned for malware and is refused'),
  filterDefers: reply(451, '4.7.1', 'The spam filter asks you to try again later'),

  listed: (subject: string, lists: string, text?: string) =>
    reply(
      550,
      '5.7.1',
      `${subject} is listed by ${lists}${text === undefined ? '; ask there to be delisted' : `: ${text}`}`,
    ),
  notYourAddress: (address: string) =>
    reply(
      550,
      '5.7.1',
      `You may not send ${address === '' ? 'with this From' : `as ${shown(address)}`}; use an address of yours`,
    ),
  spf: (client: string, domain: string, text?: string) =>
    reply(
      550,
      '5.7.23',
      `${client} may not send for ${domain} (SPF)${text === undefined ? '' : `: ${text}`}`,
    ),
  dmarc: (domain: string) =>
    reply(550, '5.7.26', `${domain} asks to refuse what neither SPF nor DKIM proves to be from it (DMARC)`),
  spoofed: (domain: string) =>
    reply(
      550,
      '5.7.26',
      `Neither SPF nor DKIM proves that this is from ${domain}, which is hosted here; send it through its own mail server`,
    ),
  heloIsOurs: reply(550, '5.7.1', 'Your EHLO or HELO gives the name of this host; send the name of yours'),

  malformed: (fault: string) =>
    reply(554, '5.6.0', `The message is malformed: ${fault.replaceAll('-', ' ')}`),
  attachment: (name: string, rule: string) =>
    reply(550, '5.7.1', `Attachment ${name === '' ? '' : `${name} `}is not taken here (${rule})`),
  unopened: (name: string) =>
    reply(
      550,
      '5.7.1',
      `Attachment ${name} cannot be opened for a check; send it unpacked, or in a common form`,
    ),

  noMessage: reply(554, '5.5.1', 'No valid recipients'),
} as const;

/** What a client said, fit for a line of a reply. */
const shown = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);

/** `1 second`, `90 minutes` */
function spell(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [count, unit] = seconds < 100 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** `550 5.1.1 No such mailbox here`, on one line. */
export function formatReply({ code, enhanced, text }: Reply): string {
  return enhanced ? `${code} ${enhanced} ${text}` : `${code} ${text}`;
}

/**
 * Reads a reply as it came from the wire, its lines joined by LF. Lines of a multi-line reply become one text.
 * A line that is no reply gives code 0.
 */
export function parseReply(raw: string): Reply {
  const lines = raw.split(/\r?\n/).filter((line) => line !== '');
  const last = lines.at(-1) ?? '';
  const code = /^[2-5]\d\d(?:[ -]|$)/.test(last) ? Number(last.slice(0, 3)) : 0;
  const bodies = lines.map((line) => line.slice(4));
  const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(bodies[0] ?? '')?.[1] ?? '';
  const text = bodies
    .map((body) => (enhanced && body.startsWith(enhanced) ? body.slice(enhanced.length).trimStart() : body))
    .join(' ')
    .trim();
  return { code, enhanced, text };
}

export const isPositive = ({ code }: Reply): boolean => code >= 200 && code < 300;
export const isPermanent = ({ code }: Reply): boolean => code >= 500 && code < 600;

/**
 * Whether a reply says by its enhanced code that the recipient's address leads to no mailbox: RFC 3463 §3.2 (no such mailbox,
 * no such system, bad syntax, moved) and RFC 7505 §4.2. 5.1.7 and 5.1.8 concern the sender, and 5.2.x, 5.4.x and 5.7.x say that
 * the mailbox may well exist.
 */
export const saysNoMailbox = (reply: Reply): boolean => isPermanent(reply) && NO_MAILBOX.has(reply.enhanced);

const NO_MAILBOX: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10']);

/**
 * Whether a refusal at RCPT does not say what it concerns: 550, 551 or 553 without an enhanced code, or with a generic one. It
 * may concern the mailbox, the sender, or the host that asks.
 */
export const isPlainRefusal = ({ code, enhanced }: Reply): boolean =>
  (code === 550 || code === 551 || code === 553) && isGeneric(enhanced);

const isGeneric = (enhanced: string): boolean =>
  enhanced === '' || enhanced === '5.1.0' || enhanced.startsWith('5.0.') || enhanced.startsWith('5.5.');

/**
 * Whether a refusal at MAIL or RCPT may concern the host that asks: by the enhanced code (RFC 3463 §3.8, security or policy), or
 * because it does not say what it concerns (RFC 5321 §4.2.2, RFC 7504 §2: 521, 530, 554).
 */
export const mayConcernClient = (reply: Reply): boolean =>
  /^[45]\.7\./.test(reply.enhanced) ||
  isPlainRefusal(reply) ||
  ([521, 530, 554].includes(reply.code) && isGeneric(reply.enhanced));
