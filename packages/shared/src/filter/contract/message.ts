/** A received message on its way through the joints, and the queue entry made of it. */
import type { Entry, RecipientState } from '../../platform/values/entry.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import type { Session } from '../../platform/values/session.ts';
import type { Judgement } from './verdict.ts';

export interface Message {
  readonly id: string;
  readonly receivedAt: number;
  readonly envelope: Envelope;
  readonly body: Body;
  readonly session: Session;
  /** The fields we add on top, each ending in CRLF. */
  readonly head: string;
  /** What became of its recipients while its client waits; for its record. */
  readonly outcomes: Outcome[];
  /** Whom it counts for, of our submitters. */
  readonly submitter?: string | undefined;
  /** Of its first recipient. */
  readonly judgement?: Judgement;
  /** What those get who do not want it tagged, while head and body are for the others. */
  readonly untagged?: {
    readonly recipients: ReadonlySet<string>;
    readonly head: string;
    readonly body: Body;
  };
}

/** The message as its recipients get it, each version for its own; the tagged one first. */
export function versionsOf(whole: Message): readonly Message[] {
  if (!whole.untagged) return [whole];
  const { untagged, ...message } = whole;
  const { envelope } = message;
  const forThose = (isUntagged: boolean): Message['envelope'] => ({
    ...envelope,
    recipients: envelope.recipients.filter(({ address }) => untagged.recipients.has(address) === isUntagged),
  });
  const { head, body } = untagged;
  return [
    { ...message, envelope: forThose(false) },
    { ...message, envelope: forThose(true), head, body },
  ].filter((version) => version.envelope.recipients.length > 0);
}

export const asQueued = (recipient: Recipient, dueAt: number): RecipientState => ({
  ...recipient,
  status: 'queued',
  attempts: 0,
  dueAt,
});

export const recipientOf = ({ envelope }: Message, address: string): Recipient =>
  envelope.recipients.find((recipient) => recipient.address === address)!;

/** A recipient after the first attempt. */
export function stateAfter(
  message: Message,
  { recipient, reply, host }: Outcome,
  dueAt: number,
  at: number,
): RecipientState {
  const last = { reply, at, ...(host === undefined ? {} : { host }) };
  return { ...asQueued(recipientOf(message, recipient), dueAt), attempts: 1, last };
}

export function entryOf(message: Message, recipients: readonly RecipientState[], expireMs: number): Entry {
  const { id, receivedAt, envelope, session, body, head } = message;
  return {
    ...envelope,
    id,
    receivedAt,
    expiresAt: receivedAt + expireMs,
    recipients,
    head,
    body: { sizeBytes: body.sizeBytes, sha256: body.sha256, eightBit: body.eightBit },
    origin: {
      session: session.id,
      listener: session.listener,
      client: session.client.address,
      helo: session.helo,
      ...(session.user === undefined ? {} : { user: session.user }),
      ...(message.submitter === undefined ? {} : { submitter: message.submitter }),
    },
  };
}

/** What the log says of a message. */
export const summaryOf = ({ id, session, envelope, body, judgement }: Message): object => ({
  session: session.id,
  id,
  client: session.client.address,
  from: envelope.reversePath,
  recipients: envelope.recipients.map(({ address }) => address),
  sizeBytes: body.sizeBytes,
  verdict: judgement?.verdict.kind,
  score: judgement?.score,
});
