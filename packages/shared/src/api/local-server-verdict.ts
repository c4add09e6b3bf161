/**
 * Which recipients local servers can be asked about; what their answers mean for the mail of a domain, and what to change. Pure.
 *
 * A refusal concerns the gateway, and not the recipient, where no recipient is taken and the reply does not say that the
 * mailbox does not exist.
 */
import type { LocalServerCheck } from '../gateway/dispatch/check-servers.ts';
import { lessonOf } from '../directory/recipients/knowledge.ts';
import type { RecipientAnswer, ServerSession } from '../smtp/client/check-server.ts';
import type { Settings } from '../config/settings.ts';
import { domainOf } from '../platform/values/address.ts';
import {
  formatReply,
  isPermanent,
  isPlainRefusal,
  isPositive,
  saysNoMailbox,
  type Reply,
} from '../platform/values/reply.ts';

export type LocalServerVerdict =
  { readonly kind: 'well' } | { readonly kind: FaultName; readonly text: string; readonly fix: string };

type FaultName =
  | 'not-asked'
  | 'unreachable'
  | 'tls'
  | 'refuses-gateway'
  | 'refuses-recipient'
  | 'defers'
  | 'accepts-everyone'
  | 'unclear-refusal';

const fault = (kind: FaultName, text: string, fix: string): LocalServerVerdict => ({ kind, text, fix });

/** @param sources addresses that the gateway connects from, as configured; none where the system picks */
export function judgeLocalServer(check: LocalServerCheck, sources: readonly string[]): LocalServerVerdict {
  const { session, server } = check;
  switch (session.kind) {
    case 'not-asked':
      return fault(
        'not-asked',
        'was not asked: the time was over',
        'correct the faults of the other servers and run the command again',
      );
    case 'unreached':
      return judgeUnreached(server, session, addressText(session.source, sources));
    case 'asked':
      return judgeAnswers(check, session.answers, session.source);
  }
}

const addressText = (source: string | null, sources: readonly string[]): string =>
  source ?? (sources.join(' and ') || 'the address that this host connects from');

function judgeUnreached(
  server: string,
  { fault: kind, reason, reply }: Extract<ServerSession, { kind: 'unreached' }>,
  source: string,
): LocalServerVerdict {
  if (reply && kind === 'unavailable') return judgeRefusal(reply, source);
  if (kind === 'tls')
    return fault(
      'tls',
      `cannot be used: ${reason}`,
      'correct the certificate of the server, or the key tls of this server in localServers',
    );
  const fix =
    kind === 'dns'
      ? `correct the name in localServers, or its address in DNS`
      : `start the server, correct ${server} in localServers, or open the firewall for ${source}`;
  return fault('unreachable', `cannot be reached: ${reason}`, fix);
}

/** The reply concerns the gateway: no recipient is taken from it. */
function judgeRefusal(reply: Reply, source: string): LocalServerVerdict {
  const said = formatReply(reply);
  if (!isPermanent(reply))
    return fault(
      'defers',
      `defers this gateway: ${said}`,
      `look for the reason in the log of the server; exempt ${source} from greylisting and limits`,
    );
  if (reply.code === 530)
    return fault(
      'refuses-gateway',
      `REFUSES this gateway: ${said}`,
      `let ${source} bring mail without a password; if the server wants TLS, set tls: encrypt for it in localServers`,
    );
  const doubt = isPlainRefusal(reply) ? '; or name a recipient that exists with --recipient' : '';
  return fault(
    'refuses-gateway',
    `REFUSES this gateway: ${said}`,
    `add ${source} to the clients that the server takes mail from ("mailpair smarthost" prints how), and see that ` +
      `it holds the domain${doubt}`,
  );
}

function judgeAnswers(
  { valid, invalid, verify }: LocalServerCheck,
  answers: readonly RecipientAnswer[],
  source: string,
): LocalServerVerdict {
  const unknown = answers.find(({ recipient }) => recipient === invalid);
  const known = answers.filter(({ recipient }) => valid.includes(recipient));
  const broken = answers.find((answer) => answer.reply === null);
  const refused = known.find(({ reply }) => reply && !isPositive(reply));
  if (refused?.reply) return judgeKnown(refused.recipient, refused.reply, unknown?.reply ?? null, source);
  if (broken || !unknown?.reply)
    return fault(
      'unreachable',
      `broke the session: ${broken?.fault ?? 'no reply'}`,
      'look for the reason in the log of the server',
    );
  return verify === 'callforward' ? judgeUnknown(unknown.reply) : { kind: 'well' };
}

function judgeKnown(
  recipient: string,
  reply: Reply,
  unknown: Reply | null,
  source: string,
): LocalServerVerdict {
  const concernsMailbox = saysNoMailbox(reply) || lessonOf(reply) === 'valid';
  const othersGetIn = unknown !== null && (isPositive(unknown) || saysNoMailbox(unknown));
  if (!concernsMailbox && !othersGetIn) return judgeRefusal(reply, source);
  return fault(
    'refuses-recipient',
    `refuses ${recipient}: ${formatReply(reply)}`,
    'make this mailbox (every domain has postmaster, RFC 5321 4.5.1), or name one that exists with --recipient',
  );
}

/** What a call-forward learns of a recipient that does not exist. */
function judgeUnknown(reply: Reply): LocalServerVerdict {
  const lesson = lessonOf(reply);
  if (lesson === 'unknown' || lesson === 'plain-refusal') return { kind: 'well' };
  if (isPositive(reply))
    return fault(
      'accepts-everyone',
      'accepts every recipient, so recipients.verify: callforward cannot work',
      'have the server refuse unknown recipients at RCPT, or list the recipients with recipients.verify: file',
    );
  return fault(
    'unclear-refusal',
    `does not say that an unknown recipient does not exist: ${formatReply(reply)}`,
    'have the server answer 550 5.1.1 to unknown recipients, or list them with recipients.verify: file',
  );
}

const MOST = 100;

/** A path of RCPT without quoting and without SMTPUTF8 (RFC 5321 §4.1.2, Dot-string). */
const PLAIN = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d.-]+$/;

/** Why they cannot be asked about; undefined when they can. Domains are lower-case A-labels. */
export function faultOfRecipients(
  recipients: readonly string[],
  { domains }: Pick<Settings, 'domains'>,
): string | undefined {
  if (recipients.length > MOST) return `at most ${MOST} recipients can be asked about at once`;
  for (const recipient of recipients) {
    if (!PLAIN.test(recipient) || recipient.length > 320) return `${recipient} is not a plain address`;
    if (!domains.some(({ name }) => name === domainOf(recipient)))
      return `${recipient} is not in a hosted domain`;
  }
  return undefined;
}
