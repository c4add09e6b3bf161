/** Formats a trace for an operator. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { decodeWords } from '@mailpair/shared/filter/mime/encoded-words';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import { formatSize, shorten } from '../framework/table.ts';

type Trace = Answer<'traces', 'find'>['traces'][number];
type MessageRecord = NonNullable<Trace['message']>;
type RefusalRecord = NonNullable<Trace['refusal']>;
type EventRecord = Trace['events'][number];
type Facts = MessageRecord['facts'];
type Learnt = Facts['learnt'];
type Finding = MessageRecord['findings'][number];
type JudgementRecord = MessageRecord['judgements'][number];
type Verdict = JudgementRecord['verdict'];

/** A trace with the gateway that it comes from. */
export interface FoundTrace extends Trace {
  readonly role: string;
  readonly host: string;
}

export interface TraceView {
  readonly now: number;
  /** If true, facts are not shortened. */
  readonly full: boolean;
  readonly width: number | undefined;
}

export function describeTrace(trace: FoundTrace, view: TraceView): string {
  const { message, refusal, events, queue, quarantine, role, host } = trace;
  const id = message?.id ?? events[0]?.id ?? queue[0]?.id ?? quarantine?.id;
  const at =
    message?.at ?? refusal?.at ?? events[0]?.at ?? queue[0]?.receivedAt ?? quarantine?.receivedAt ?? 0;
  const node = message?.host ?? refusal?.host ?? host;
  return [
    `${id ?? 'refused at RCPT'}  ${formatMoment(at, view.now)}  ${role} ${node}`,
    ...(message ? messageLines(message, view) : []),
    ...(refusal ? refusalLines(refusal, view) : []),
    ...(message || refusal ? [] : [stage('accept', 'no longer known')]),
    ...events.map((event) => stage('then', eventText(event))),
    ...queue.flatMap((entry) => queueLines(entry, view.now)),
    ...(quarantine
      ? [
          stage(
            'quarantine',
            `kept from ${quarantine.recipients.map(({ address }) => address).join(', ')}; expires ` +
              formatMoment(quarantine.expiresAt, view.now),
          ),
        ]
      : []),
  ]
    .map(visible)
    .join('\n');
}

const stage = (name: string, text: string): string => `  ${name.padEnd(11)}${text}`;
const more = (text: string): string => stage('', text);

function messageLines(message: MessageRecord, view: TraceView): string[] {
  const { facts, findings, judgements, reply, tookMs } = message;
  return [
    ...acceptLines(facts, message.listener, message.session),
    more(
      `Message-ID ${message.messageId || 'none'}; From ${decodeWords(message.from) || 'none'}; ` +
        `Subject ${decodeWords(message.subject) || 'none'}`,
    ),
    ...learntLines(facts.learnt, view),
    ...judgements.flatMap((judgement) => judgementLines(judgement, findings)),
    stage('reply', `${formatReply(reply)}  (after ${Math.round(tookMs)} ms)`),
  ];
}

/** A message that was judged but not received, as by `mailpair judge`. */
export const describeJudged = (record: MessageRecord, view: TraceView): string =>
  messageLines(record, view).map(visible).join('\n');

function refusalLines(refusal: RefusalRecord, view: TraceView): string[] {
  const { judged, client, helo, listener, session, reversePath, recipient, reply } = refusal;
  return [
    stage('accept', `${helo} [${client}] at ${listener}, session ${session}`),
    more(`from <${reversePath}> to ${recipient}`),
    ...(judged
      ? [
          ...learntLines(judged.facts.learnt, view),
          stage('judge', `${recipient}: ${verdictText(judged.verdict, judged.score)}`),
          ...judged.findings.map(findingLine),
        ]
      : []),
    stage('reply', `RCPT ${formatReply(reply)}`),
    ...(reply.cause === undefined ? [] : [more(`because ${reply.cause}`)]),
  ];
}

function acceptLines(facts: Facts, listener: string, session: string): string[] {
  const { client, reversePath, recipients, message } = facts;
  const who =
    client.user === undefined ? (client.trusted ? ', trusted' : '') : `, authenticated as ${client.user}`;
  return [
    stage(
      'accept',
      `${client.helo} [${client.address}]${who}${client.tls ? ', TLS' : ''} at ${listener}, session ${session}`,
    ),
    more(
      `from <${reversePath}> to ${recipients.join(', ')}` +
        (message ? `; ${formatSize(message.sizeBytes)}` : ''),
    ),
  ];
}

function learntLines(learnt: Learnt, { full, width }: TraceView): string[] {
  const names = Object.keys(learnt) as (keyof Learnt)[];
  return names.map((name, index) => {
    const fact = learnt[name]!;
    const text = fact.kind === 'known' ? JSON.stringify(fact.value) : `COULD NOT BE LEARNT: ${fact.reason}`;
    const line = stage(index === 0 ? 'learnt' : '', `${name} (${fact.tookMs} ms): ${text}`);
    return full ? line : shorten(line, width ?? 160);
  });
}

function judgementLines(
  { recipients, verdict, score, findings, done }: JudgementRecord,
  all: readonly Finding[],
): string[] {
  const observed = done === undefined ? '' : `; only observed, so: ${done}`;
  return [
    stage('judge', `${recipients.join(', ')}: ${verdictText(verdict, score)}${observed}`),
    ...findings
      .map((index) => all[index])
      .filter((finding) => finding !== undefined)
      .map(findingLine),
  ];
}

/**
 * For example `reject by score 8.5`, `quarantine by attachments.quarantine: …, score 5` or `accept, score 1`.
 */
function verdictText({ kind, reason }: Verdict, score: number): string {
  const isByScore = reason === `score ${score}`;
  if (isByScore && kind === 'accept') return `${kind}, ${reason}`;
  return isByScore ? `${kind} by ${reason}` : `${kind} by ${reason}, score ${score}`;
}

const findingLine = ({ rule, score, evidence, verdict, missing }: Finding): string =>
  more(
    `${score === 0 ? '' : `${score > 0 ? '+' : ''}${score}`}`.padStart(6) +
      `  ${rule}${verdict ? ` [${verdict}]` : ''}${missing ? ' [not checked]' : ''}: ${evidence}`,
  );

function eventText({ at, event, recipients, reply, by, entry }: EventRecord): string {
  const who = by === undefined ? '' : ` by ${by}`;
  const answer = reply ? `: ${formatReply(reply)}` : '';
  const where = entry === undefined ? '' : ` as ${entry} in the queue`;
  return `${new Date(at).toISOString().slice(11, 23)} ${event} ${recipients.join(', ')}${who}${answer}${where}`;
}

function queueLines({ id, held, recipients }: Entry, now: number): string[] {
  return recipients.map(({ address, status, attempts, dueAt }) =>
    stage(
      'queue',
      `${id}: ${address} ${status}, attempts ${attempts}` +
        (status !== 'queued' ? '' : held ? ', held' : `, next ${formatMoment(dueAt, now)}`),
    ),
  );
}
