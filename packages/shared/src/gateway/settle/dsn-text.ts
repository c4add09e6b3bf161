/**
 * What a person reads in a DSN: what happened, to whom, what was answered, and what can be done. Pure.
 * A paragraph is one line, for the reader's program to wrap; lines end in CRLF; a reply stands as it was given.
 */
import type { Entry, RecipientState } from '../../platform/values/entry.ts';
import { formatReply } from '../../platform/values/reply.ts';
import { mailDate, type StatusReport } from './delivery-status.ts';
import { hasExpired, type NoticeKind, statusCodeOf } from './notice.ts';
import { plainLine } from './plain-line.ts';

export interface DsnText {
  readonly subject: string;
  readonly body: string;
}

export function composeDsnText(report: StatusReport): DsnText {
  const { kind, entry, recipients, reportingHost, now } = report;
  const lines = [
    `This is the mail system at ${reportingHost}.`,
    '',
    opening[kind](mailDate(entry.receivedAt)),
    '',
    ...recipients.flatMap((recipient) => [
      ...describeRecipient(kind, entry, recipient, reportingHost, now),
      '',
    ]),
    closing(kind, entry, now),
    '',
    `Technical details follow. Our reference: ${entry.id}`,
    '',
  ];
  return { subject: subjects[kind], body: lines.join('\r\n') };
}

const subjects: Record<NoticeKind, string> = {
  failed: 'Your message could not be delivered',
  delayed: 'Your message is delayed',
  relayed: 'Your message was passed on',
};

const opening: Record<NoticeKind, (received: string) => string> = {
  failed: (received) => `Your message, received here on ${received}, could not be delivered to:`,
  delayed: (received) => `Your message, received here on ${received}, has not yet been delivered to:`,
  relayed: (received) => `Your message, received here on ${received}, was passed on for:`,
};

function closing(kind: NoticeKind, { expiresAt }: Entry, now: number): string {
  switch (kind) {
    case 'failed':
      return 'We have stopped trying to deliver it to the above. Your message, or the head of it, is attached.';
    case 'delayed':
      return (
        'You need not do anything, and need not send it again. ' +
        `We go on trying${until(expiresAt, now)}, and tell you if we have to give up.`
      );
    case 'relayed':
      return 'You asked to be told of delivery. The next host took the message, but will not confirm delivery.';
  }
}

const until = (expiresAt: number, now: number): string =>
  expiresAt > now ? ` until ${mailDate(expiresAt)}, ${inWords(expiresAt - now)} from now` : '';

function describeRecipient(
  kind: NoticeKind,
  entry: Entry,
  recipient: RecipientState,
  reportingHost: string,
  now: number,
): readonly string[] {
  const { address, last } = recipient;
  const lines = [`  <${plainLine(address)}>`];
  if (kind === 'failed' && hasExpired(recipient))
    lines.push(`    given up after ${inWords(now - entry.receivedAt)} of trying`);
  if (last) lines.push(`    ${plainLine(last.host ?? reportingHost)}: ${plainLine(formatReply(last.reply))}`);
  if (kind === 'failed') lines.push(`    What you can do: ${advice(statusCodeOf(kind, recipient))}`);
  return lines;
}

function advice(status: string): string {
  if (status === '4.4.7') return 'send it again later; if it is urgent, reach the recipient another way.';
  if (status === '5.2.2') return 'the mailbox is full; try again later, or reach the recipient another way.';
  if (status === '5.2.3' || status === '5.3.4') return 'the message is too big for them; send a smaller one.';
  if (/^5\.1\.(?:[1-6]|10)$/.test(status))
    return 'check the address for a slip, or ask the recipient for the current one.';
  if (status.startsWith('5.7.'))
    return 'their host refuses it by its own rules; ask the recipient or your mail administrator to have it let in.';
  return 'show this report to your mail administrator.';
}

function inWords(durationMs: number): string {
  const minutes = Math.max(1, Math.round(durationMs / 60_000));
  const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
  if (minutes < 120) return count(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
}
