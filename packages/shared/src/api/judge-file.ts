/**
 * A message in a file, judged as if its client brought it now: the same learners, checks and policies with real DNS. Nothing
 * is kept, sent or counted, and what a running gateway knows beyond its files is not asked.
 */
import { readFileSync } from 'node:fs';
import { bodyOf } from '../smtp/server/message-data.ts';
import { openChecking } from '../filter/pipeline/checking.ts';
import { createJudging, type Judged, type Judging } from '../filter/pipeline/judging.ts';
import { settleVerdicts } from '../filter/pipeline/settle-verdicts.ts';
import type { Message } from '../filter/contract/message.ts';
import { recordOf } from '../filter/pipeline/recording.ts';
import { systemClock } from '../platform/time/clock.ts';
import type { Log } from '../platform/log/log.ts';
import { createMetrics } from '../platform/metrics/metrics.ts';
import { createResolver } from '../platform/dns/resolver.ts';
import type { Settings } from '../config/settings.ts';
import type { Envelope, Recipient } from '../platform/values/envelope.ts';
import type { MessageRecord } from '../filter/pipeline/record.ts';
import { replies, type Reply } from '../platform/values/reply.ts';
import type { Session } from '../platform/values/session.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export interface MessageInFile {
  readonly octets: Buffer;
  readonly client: string;
  readonly helo: string;
  readonly from: string;
  readonly to: readonly string[];
  /** The gateway that would have taken it, and where its spool is. */
  readonly role: RoleName;
  readonly listener: 'mx' | 'submission';
  readonly tls: boolean;
}

export interface JudgedFile {
  /** As a record of it would be, for all recipients; `reply` is what its client would be told at the end. */
  readonly record: MessageRecord;
  /** Those that would have been refused before the message. */
  readonly refusedAtRcpt: readonly { readonly recipient: string; readonly reply: Reply }[];
}

export async function judgeFile(asked: MessageInFile, settings: Settings, log: Log): Promise<JudgedFile> {
  const { host, spool: directory } = settings[asked.role];
  const clock = systemClock;
  const resolver = createResolver({ servers: settings.dns.servers, timeoutMs: settings.dns.timeoutMs });
  const checking = await openChecking({
    settings: () => settings,
    host,
    directory,
    resolver,
    passwordIn: (file) => readFileSync(file, 'utf8').replace(/\r?\n$/, ''),
    clock,
    log,
    metrics: createMetrics(asked.role),
  });
  try {
    const judging = createJudging({ settings: () => settings, ...checking, clock });
    const message = messageOf(asked, clock.now());
    const refusedAtRcpt = await refusalsAtRcpt(message, judging);
    const judged = await judging.message(message);
    const reply = replyTo(message, judged, refusedAtRcpt);
    const tookMs = clock.now() - message.receivedAt;
    return { record: recordOf(message, judged, reply, tookMs, host, asked.octets), refusedAtRcpt };
  } finally {
    await checking.close();
    resolver.close();
  }
}

function messageOf(asked: MessageInFile, receivedAt: number): Message {
  const { octets, client, helo, from, to, listener, tls } = asked;
  const body = bodyOf(octets);
  const session: Session = {
    id: '-',
    role: listener,
    listener,
    client: { address: client, port: 0 },
    helo,
    esmtp: true,
    trusted: listener === 'submission',
    ...(tls && { tls: { version: 'TLSv1.3', cipher: '' } }),
  };
  const envelope: Envelope = {
    reversePath: from,
    recipients: to.map((address) => ({ address })),
    eightBit: body.eightBit,
    smtpUtf8: false,
    requireTls: false,
  };
  return { id: '-', receivedAt, envelope, body, session, head: '', outcomes: [] };
}

async function refusalsAtRcpt(
  { envelope, session }: Message,
  judging: Judging,
): Promise<JudgedFile['refusedAtRcpt']> {
  const { recipients, ...sender } = envelope;
  const refused: { recipient: string; reply: Reply }[] = [];
  const taken: Recipient[] = [];
  const asked = { ...sender, recipients: taken };
  judging.begin(asked, session);
  for (const recipient of recipients) {
    const [verdict] = (await judging.rcpt(recipient, asked, session)).verdicts;
    if (verdict && 'reply' in verdict) refused.push({ recipient: recipient.address, reply: verdict.reply });
    else taken.push(recipient);
  }
  return refused;
}

function replyTo(
  { id, envelope }: Message,
  { verdicts }: Judged,
  refusedAtRcpt: JudgedFile['refusedAtRcpt'],
): Reply {
  const refused = new Set(refusedAtRcpt.map(({ recipient }) => recipient));
  const judged = verdicts
    .map((verdict, index) => ({ recipient: envelope.recipients[index]!.address, verdict }))
    .filter(({ recipient }) => !refused.has(recipient));
  const [first] = refusedAtRcpt;
  if (judged.length === 0 && first) return first.reply;
  const disposition = settleVerdicts(judged);
  return disposition.kind === 'refuse' ? disposition.verdict.reply : replies.queued(id);
}
