/**
 * Records as the lines they are kept in. A message's line has what became of it while its client waited, which is read as the
 * events that it is, and leaves out what is as usual. Nobody writes more lines than a gateway that only relays. Pure.
 */
import type { Facts } from './facts.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import type { AnyRecord, EventRecord, JudgementRecord, MessageRecord } from './record.ts';
import type { Reply } from '../../platform/values/reply.ts';

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

/** @param outcomes of its recipients, as far as the client waited for them */
export function formatMessage(record: MessageRecord, outcomes: readonly Outcome[]): string {
  const { facts, findings, judgements } = record;
  const { client, message, learnt } = facts;
  return JSON.stringify({
    ...record,
    facts: {
      ...facts,
      at: facts.at === record.at ? undefined : facts.at,
      client: { ...client, tls: client.tls || undefined, trusted: client.trusted || undefined },
      message: message && {
        sizeBytes: message.sizeBytes,
        hops: message.hops || undefined,
        eightBit: message.eightBit || undefined,
      },
      learnt: isEmpty(learnt) ? undefined : learnt,
    },
    findings: findings.length === 0 ? undefined : findings,
    judgements: isUsual(judgements, facts.recipients) ? undefined : judgements,
    endings: outcomes.length === 0 ? undefined : endingsOf(outcomes),
  });
}

/** The records in a line: a message's with its events after it, and none in a line that is damaged or that a crash cut off. */
export function recordsIn(line: string): AnyRecord[] {
  let found: Partial<MessageLine> | Exclude<AnyRecord, MessageRecord> | null;
  try {
    found = JSON.parse(line) as typeof found;
  } catch {
    return [];
  }
  if (found?.kind === 'event' || found?.kind === 'refusal') return [found];
  if (found?.kind !== 'message' || !isWhole(found)) return [];
  const { endings = [], ...message } = found as MessageLine;
  return [messageIn(message), ...endings.map((ending) => eventOf(message, ending))];
}

function isWhole({ facts, endings }: Partial<MessageLine>): boolean {
  if (!isObject(facts) || !isObject(facts.client) || !Array.isArray(facts.recipients)) return false;
  return endings === undefined || (Array.isArray(endings) && endings.every(isObject));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

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

const endingsOf = (outcomes: readonly Outcome[]): Ending[] =>
  outcomes.map(({ kind, recipient, reply, host }) => ({
    event: kind,
    recipients: [recipient],
    reply,
    ...(host !== undefined && { by: host }),
  }));

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
