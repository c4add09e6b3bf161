/**
 * Writes down what was decided about messages and recipients, and what became of them, for `trace` and `replay`. Kept for a time
 * and up to a size in `records/` of the spool directory. Refusals at RCPT have a quarter of it to themselves, so that
 * a flood of them does not wash the messages away. Nobody waits for it, and mail goes on when it cannot be written.
 */
import { join } from 'node:path';
import type { Clock } from '../../platform/time/clock.ts';
import { fieldsIn, HEADER_BYTES } from '../../platform/values/header-start.ts';
import type { Log } from '../../platform/log/log.ts';
import { readStart } from '../../platform/files/read-start.ts';
import { openSegments } from '../../platform/files/segments.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Message } from '../contract/message.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { formatMessage, formatRecord } from './record-line.ts';
import type { EventRecord, JudgementRecord, MessageRecord, RefusalRecord } from './record.ts';
import type { Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import type { Finding, Judgement, Verdict } from '../contract/verdict.ts';
import type { Judged } from './judging.ts';

export interface Records {
  /** What was decided about a message, once its reply is known, and what became of it meanwhile. */
  message(message: Message, judged: Judged, reply: Reply): void;
  /** A RCPT was refused; `judged` where a check did it. */
  refusal(recipient: string, reversePath: string, session: Session, reply: Reply, judged?: Judged): void;
  /** What became of recipients of an entry in an attempt. */
  outcomes(id: string, outcomes: readonly Outcome[]): void;
  event(event: Pick<EventRecord, 'id' | 'event' | 'recipients' | 'entry'>): void;
  /** Resolves when all of it can be read. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface RecordsParts {
  /** The spool directory. */
  readonly directory: string;
  /** The node. */
  readonly host: string;
  settings(): Pick<Settings, 'records'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A fault is told once in so long. */
const TELL_EVERY_MS = 60_000;
const REFUSALS_SHARE = 0.25;

export const messageRecordsIn = (spool: string): string => join(spool, 'records', 'messages');
export const refusalRecordsIn = (spool: string): string => join(spool, 'records', 'refusals');

export function openRecords(parts: RecordsParts): Records {
  const { directory, host, settings, clock, log } = parts;
  const options = { keepMs: () => settings().records.keepMs, clock, onFault: tellFaults(clock, log) };
  const share = (part: number) => (): number => settings().records.maxBytes * part;
  const messages = openSegments({
    ...options,
    directory: messageRecordsIn(directory),
    maxBytes: share(1 - REFUSALS_SHARE),
  });
  const refusals = openSegments({
    ...options,
    directory: refusalRecordsIn(directory),
    maxBytes: share(REFUSALS_SHARE),
  });
  const isOff = (): boolean => settings().records.keepMs === 0;
  const write = (event: EventRecord): void => messages.append(() => formatRecord(event));

  return {
    message(message, judged, reply) {
      if (isOff()) return;
      const tookMs = clock.now() - message.receivedAt;
      const start = startInMemory(message.body);
      const { outcomes } = message;
      const put = (octets: Buffer): void => {
        const record = recordOf(message, judged, reply, tookMs, host, octets);
        messages.append(lineOf(record, outcomes));
      };
      if (start) put(start);
      else
        void readStart(message.body, HEADER_BYTES)
          .catch(() => Buffer.alloc(0))
          .then(put);
    },
    refusal(recipient, reversePath, session, reply, judged) {
      if (isOff()) return;
      const record = refusalOf(recipient, reversePath, session, reply, judged, host, clock.now());
      refusals.append(() => formatRecord(record));
    },
    outcomes(id, outcomes) {
      if (isOff()) return;
      for (const { recipient, kind, reply, host: by } of outcomes)
        write({
          kind: 'event',
          id,
          at: clock.now(),
          host,
          event: kind,
          recipients: [recipient],
          reply,
          ...(by !== undefined && { by }),
        });
    },
    event(event) {
      if (!isOff()) write({ kind: 'event', at: clock.now(), host, ...event });
    },
    flush: async () => void (await Promise.all([messages.flush(), refusals.flush()])),
    close: async () => void (await Promise.all([messages.close(), refusals.close()])),
  };
}

/** Made here, for a function made where the message is known would keep it, octets and all, until it is called. */
const lineOf = (record: MessageRecord, outcomes: readonly Outcome[]) => (): string =>
  formatMessage(record, outcomes);

function tellFaults(clock: Clock, log: Log): (error: Error, lines: number) => void {
  let toldAt = -Infinity;
  let lost = 0;
  return (error, lines) => {
    lost += lines;
    if (clock.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = clock.now();
    log.error('records.fault', { err: error, lost, fix: 'mail goes on; check the disk of the spool' });
  };
}

/** Undefined where it has to be read. */
function startInMemory({ chunks, sizeBytes }: Body): Buffer | undefined {
  const [first] = chunks ?? [];
  if (!chunks) return undefined;
  if (first && (first.length >= HEADER_BYTES || first.length === sizeBytes || first.includes('\r\n\r\n')))
    return first;
  return Buffer.concat(chunks);
}

/** @param start the first octets of the message */
export function recordOf(
  { id, receivedAt, session, envelope }: Message,
  { facts, judgements, verdicts }: Judged,
  reply: Reply,
  tookMs: number,
  host: string,
  start: Buffer,
): MessageRecord {
  const fields = fieldsIn(start, ['message-id', 'from', 'subject']);
  const findings: Finding[] = [];
  const recorded = new Map<Judgement, JudgementRecord & { recipients: string[] }>();
  judgements.forEach((judgement, index) => {
    const recipient = envelope.recipients[index]!.address;
    const known = recorded.get(judgement);
    if (known) known.recipients.push(recipient);
    else recorded.set(judgement, judgementRecord(judgement, recipient, verdicts[index]!, findings));
  });
  return {
    kind: 'message',
    id,
    at: receivedAt,
    host,
    session: session.id,
    listener: session.listener,
    messageId: fields['message-id'],
    from: fields.from,
    subject: fields.subject,
    facts,
    findings,
    judgements: [...recorded.values()],
    reply,
    tookMs,
  };
}

function judgementRecord(
  { verdict, score, findings: found }: Judgement,
  recipient: string,
  done: Verdict,
  all: Finding[],
): JudgementRecord & { recipients: string[] } {
  const findings = found.map((finding) => {
    const known = all.indexOf(finding);
    return known < 0 ? all.push(finding) - 1 : known;
  });
  return {
    recipients: [recipient],
    verdict,
    score,
    findings,
    ...(done.kind !== verdict.kind && { done: done.kind }),
  };
}

function refusalOf(
  recipient: string,
  reversePath: string,
  { id, listener, client, helo }: Session,
  reply: Reply,
  judged: Judged | undefined,
  host: string,
  at: number,
): RefusalRecord {
  const [judgement] = judged?.judgements ?? [];
  return {
    kind: 'refusal',
    at,
    host,
    session: id,
    listener,
    client: client.address,
    helo,
    reversePath,
    recipient,
    reply,
    ...(judged && judgement && { judged: { facts: judged.facts, ...judgement } }),
  };
}
