/**
 * Records as the lines they are kept in. A message's line has what became of it while its client waited, which is read as the
 * events that it is, and leaves out what is as usual. Nobody writes more lines than a gateway that only relays. Pure.
 */
import type { Facts } from './facts.ts';
import type { Outcome } from './outcome.ts';
import type { AnyRecord, EventRecord, JudgementRecord, MessageRecord } from './record.ts';
import type { Reply } from './reply.ts';

/** What became of recipients, as it stands in the line of their message. */
interface Ending {
  readonly event: string;
  readonly recipients: readonly string[];
  readonly reply: Reply;
  readonly by?: string;
}

type Usual = 'at' | 'learnt' | 'client' | 'message';

interface MessageLine extends Omit<MessageRecord, 'facts' | 'findings' | 'judgements'> {
  readonly facts: Omit<Facts, Usual> & {
    readonly at?: number;
    readonly learnt?: Facts['learnt'];
    readonly client: Partial<Facts['client']>;
    readonly message?: Partial<NonNullable<Facts['message']>>;
  };
  readonly findings?: MessageRecord['findings'];
  readonly judgements?: MessageRecord['judgements'];
  readonly endings?: readonly Ending[];
}

export const formatRecord = (record: AnyRecord): string => JSON.stringify(record);

/**
 * Put together from its parts: half of what it takes to make an object of them for JSON.stringify.
 * @param outcomes of its recipients, as far as the client waited for them
 */
export function formatMessage(record: MessageRecord, outcomes: readonly Outcome[]): string {
  const { id, at, host, session, listener, messageId, from, subject, facts, reply, tookMs } = record;
  const { findings, judgements } = record;
  return (
    `{"kind":"message","id":${json(id)},"at":${at},"host":${json(host)},"session":${json(session)}` +
    `,"listener":${json(listener)},"messageId":${json(messageId)},"from":${json(from)},"subject":${json(subject)}` +
    `,"facts":${formatFacts(facts, at)},"reply":${formatReply(reply)},"tookMs":${tookMs}` +
    (findings.length === 0 ? '' : `,"findings":${json(findings)}`) +
    (isUsual(judgements, facts.recipients) ? '' : `,"judgements":${json(judgements)}`) +
    (outcomes.length === 0 ? '}' : `,"endings":[${outcomes.map(formatEnding).join()}]}`)
  );
}

const json = JSON.stringify;

function formatFacts(
  { role, at, client, reversePath, recipients, message, learnt }: Facts,
  usualAt: number,
): string {
  const { address, helo, tls, trusted, spokeEarly, user } = client;
  return (
    `{"role":"${role}"${at === usualAt ? '' : `,"at":${at}`},"client":{"address":${json(address)},"helo":${json(helo)}` +
    (tls ? ',"tls":true' : '') +
    (trusted ? ',"trusted":true' : '') +
    (spokeEarly ? ',"spokeEarly":true' : '') +
    (user === undefined ? '' : `,"user":${json(user)}`) +
    `},"reversePath":${json(reversePath)},"recipients":${json(recipients)}` +
    (message ? `,"message":${formatSize(message)}` : '') +
    (isEmpty(learnt) ? '}' : `,"learnt":${json(learnt)}}`)
  );
}

const formatSize = ({ sizeBytes, hops, eightBit }: NonNullable<Facts['message']>): string =>
  `{"sizeBytes":${sizeBytes}${hops ? `,"hops":${hops}` : ''}${eightBit ? ',"eightBit":true' : ''}}`;

const formatReply = ({ code, enhanced, text }: Reply): string =>
  `{"code":${code},"enhanced":${json(enhanced)},"text":${json(text)}}`;

const formatEnding = ({ kind, recipient, reply, host }: Outcome): string =>
  `{"event":"${kind}","recipients":[${json(recipient)}],"reply":${formatReply(reply)}` +
  (host === undefined ? '}' : `,"by":${json(host)}}`);

/** The records in a line: a message's with its events after it, and none in a line that a crash cut off. */
export function recordsIn(line: string): AnyRecord[] {
  let found: MessageLine | Exclude<AnyRecord, MessageRecord>;
  try {
    found = JSON.parse(line) as typeof found;
  } catch {
    return [];
  }
  if (found.kind !== 'message') return [found];
  const { endings = [], ...message } = found;
  return [messageIn(message), ...endings.map((ending) => eventOf(message, ending))];
}

function messageIn({ facts, findings, judgements, ...rest }: MessageLine): MessageRecord {
  const { client, message, ...others } = facts;
  return {
    ...rest,
    facts: {
      at: rest.at,
      learnt: {},
      ...others,
      client: { tls: false, trusted: false, ...client } as Facts['client'],
      ...(message && { message: { hops: 0, eightBit: false, ...message } as NonNullable<Facts['message']> }),
    },
    findings: findings ?? [],
    judgements: judgements ?? [usual(facts.recipients)],
  };
}

const eventOf = ({ id, at, tookMs, host }: MessageLine, ending: Ending): EventRecord => ({
  kind: 'event',
  id,
  at: at + tookMs,
  host,
  ...ending,
});

/** Nothing was found. */
const usual = (recipients: readonly string[]): JudgementRecord => ({
  recipients,
  verdict: { kind: 'accept', reason: 'score 0' },
  score: 0,
  findings: [],
});

function isUsual(judgements: readonly JudgementRecord[], recipients: readonly string[]): boolean {
  const [first] = judgements;
  return (
    judgements.length === 1 &&
    first!.verdict.kind === 'accept' &&
    first!.verdict.reason === 'score 0' &&
    first!.score === 0 &&
    first!.findings.length === 0 &&
    first!.done === undefined &&
    first!.recipients.length === recipients.length
  );
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
