/**
 * A mail server of the simulated internet, or the sending side of the local server. It keeps every message
 * until each recipient is accepted or refused, and retries in simulated time as `behaviour.ts` defines. Its
 * record of replies is the reference for the messages that arrive.
 */
import { behaviours, orderHosts, type SenderKind, type Trouble } from './behaviour.ts';
import { deliver, type Caller, type Delivered, type HostAddress } from './delivery.ts';
import type { Direction, Sent } from './ledger.ts';
import { composeLetter, digestOf, type Letter } from './message.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

/** An address at which a gateway listens. */
export interface Host extends HostAddress {
  readonly role: RoleName;
  readonly preference: number;
}

export interface Assignment extends Pick<Letter, 'id' | 'from' | 'to' | 'sizeBytes'> {
  readonly slot: string;
  readonly direction: Direction;
  readonly unknown: readonly string[];
}

export interface SenderOptions {
  readonly kind: SenderKind;
  readonly caller: Caller;
  /** The hosts for the recipients; rejects if they cannot be determined now. */
  hosts(message: Assignment): Promise<readonly Host[]>;
  /** Units of simulated time per unit of real time. */
  readonly compression: number;
}

export interface Sender {
  readonly sent: readonly Sent[];
  send(message: Assignment): void;
  /** The number of messages that are not settled. */
  readonly open: number;
  /** Abandons all open messages. */
  close(): void;
}

interface Record extends Sent {
  readonly message: Assignment;
  readonly accepted: Map<string, RoleName>;
  readonly refused: Map<string, string>;
  reply?: string;
  unanswered: number;
  givenUp: boolean;
}

/** The limit of concurrent sessions to one destination in Postfix and qmail. */
const PARALLEL = 20;

export function openSender(options: SenderOptions): Sender {
  const { kind, compression } = options;
  const records: Record[] = [];
  const due: Record[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let working = 0;
  let open = 0;
  let closed = false;
  const visitHosts = createVisits(options, () => closed);

  function pump(): void {
    for (; working < PARALLEL && due.length > 0 && !closed; working += 1)
      void attempt(due.shift()!).finally(() => {
        working -= 1;
        pump();
      });
  }

  async function attempt(record: Record): Promise<void> {
    await visitHosts(record);
    const ageMs = (Date.now() - record.bornAt) * compression;
    const pauseMs = isSettled(record) ? undefined : behaviours[kind].retryAfterMs(ageMs);
    if (pauseMs === undefined || closed) {
      record.givenUp = !isSettled(record) && !closed;
      open -= 1;
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      due.push(record);
      pump();
    }, pauseMs / compression);
    timers.add(timer);
  }

  return {
    sent: records,
    send(message) {
      const record = recordOf(message, kind);
      records.push(record);
      open += 1;
      due.push(record);
      pump();
    },
    get open() {
      return open;
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function recordOf(message: Assignment, sender: SenderKind): Record {
  const bornAt = Date.now();
  return {
    ...message,
    message,
    sender,
    recipients: message.to,
    digest: digestOf(composeLetter({ ...message, writtenAt: bornAt })),
    bornAt,
    accepted: new Map(),
    refused: new Map(),
    unanswered: 0,
    givenUp: false,
  };
}

/**
 * Runs one attempt: tries the hosts in order until all recipients are settled or the behaviour of the sender
 * ends the attempt.
 */
function createVisits(
  { kind, caller, hosts, compression }: SenderOptions,
  isClosed: () => boolean,
): (record: Record) => Promise<void> {
  const behaviour = behaviours[kind];
  /** Avoided hosts by address, with the real time until which they are avoided. */
  const resting = new Map<string, number>();

  function goesOn(record: Record, host: Host, trouble: Trouble): boolean {
    const restMs = behaviour.restsHostMs(trouble);
    if (restMs > 0) resting.set(host.address, Date.now() + restMs / compression);
    const then = behaviour.after(trouble);
    if (then === 'bounce')
      for (const recipient of openRecipients(record))
        record.refused.set(recipient, `its sender bounced it after ${trouble}`);
    return then === 'next host';
  }

  return async (record) => {
    const { message } = record;
    const found = await hosts(message).catch(() => []);
    const octets = composeLetter({ ...message, writtenAt: record.bornAt });
    let sessions = 0;
    for (const host of orderHosts(found, behaviour, Math.random)) {
      if (isClosed() || sessions >= behaviour.maxSessions) return;
      if ((resting.get(host.address) ?? 0) > Date.now()) continue;
      const envelope = { from: message.from, to: openRecipients(record) };
      const delivered = await deliver(host, caller, envelope, octets);
      note(record, host, delivered);
      if (delivered.wasLetIn) sessions += 1;
      if (isSettled(record) || !delivered.trouble || !goesOn(record, host, delivered.trouble)) return;
    }
  };
}

const openRecipients = ({ recipients, accepted, refused }: Sent): string[] =>
  recipients.filter((recipient) => !accepted.has(recipient) && !refused.has(recipient));

const isSettled = (record: Sent): boolean => openRecipients(record).length === 0;

function note(record: Record, { role }: Host, { accepted, refused, trouble, reply }: Delivered): void {
  if (reply !== undefined) record.reply = reply;
  for (const recipient of accepted) record.accepted.set(recipient, role);
  for (const [recipient, reply] of refused) record.refused.set(recipient, reply);
  if (trouble === 'unanswered') record.unanswered += 1;
}
