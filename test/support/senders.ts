/**
 * Sending mail servers in miniature: they keep every message until each recipient was accepted or refused, trying
 * the hosts in the order given, again and again. What they write down is the truth that arrivals are held against.
 */
import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestMessage } from './messages.ts';
import { Disconnected, SmtpClient, type Reply, type Target } from './smtp-client.ts';

export interface Sent {
  readonly message: TestMessage;
  /** Recipient → name of the host that said 250 for it. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Recipient → the 5xx it was refused with. */
  readonly refused: ReadonlyMap<string, Reply>;
  /** Attempts that broke after the final dot: the host may have the message, and it was sent again. */
  readonly unanswered: number;
  /** 4xx replies and broken attempts of all kinds. */
  readonly deferrals: number;
}

export interface SendersOptions {
  /** Where to send, best first; asked for every attempt. */
  targets(message: TestMessage): readonly Target[] | Promise<readonly Target[]>;
  /** How many at a time. */
  readonly parallel?: number;
  /** Pause before a message is tried again. */
  readonly retryMs?: number;
  /** Awaited when all of a message but its final dot is on its way. */
  readonly beforeEnd?: (message: TestMessage) => Promise<void>;
}

export interface Senders {
  readonly sent: readonly Sent[];
  send(...messages: readonly TestMessage[]): void;
  /** Recipients accepted so far. */
  readonly accepted: number;
  /** Messages with recipients neither accepted nor refused. */
  readonly open: number;
  /** Resolves when none is open. */
  idle(): Promise<void>;
  /** Gives up what is open and closes all sessions. */
  close(): void;
}

interface Record extends Sent {
  readonly accepted: Map<string, string>;
  readonly refused: Map<string, Reply>;
  unanswered: number;
  deferrals: number;
}

const targetName = ({ name, host, port }: Target): string => name ?? `${host}:${port}`;

export function openSenders({ targets, parallel = 8, retryMs = 200, beforeEnd }: SendersOptions): Senders {
  const sent: Record[] = [];
  const waiting: Record[] = [];
  const idle: (() => void)[] = [];
  let open = 0;
  let working = 0;
  let closed = false;
  const sessions = new Set<Sessions>();

  async function work(): Promise<void> {
    const mine = new Sessions();
    sessions.add(mine);
    for (let record = waiting.shift(); record && !closed; record = waiting.shift()) {
      await attempt(record, mine);
      if (openRecipients(record).length > 0) {
        await sleep(retryMs, undefined, { ref: false });
        waiting.push(record);
        continue;
      }
      open -= 1;
      if (open === 0) for (const tell of idle.splice(0)) tell();
    }
    mine.close();
    sessions.delete(mine);
    working -= 1;
  }

  /** One host after the other, until no recipient is open. */
  async function attempt(record: Record, mine: Sessions): Promise<void> {
    for (const target of await targets(record.message)) {
      if (closed || openRecipients(record).length === 0) return;
      try {
        const session = await mine.with(target);
        await transact(session, targetName(target), record, beforeEnd);
      } catch (error) {
        if (!(error instanceof Disconnected)) throw error;
        record.deferrals += 1;
      }
    }
  }

  return {
    sent,
    send(...messages) {
      const records = messages.map((message) => ({
        message,
        accepted: new Map<string, string>(),
        refused: new Map<string, Reply>(),
        unanswered: 0,
        deferrals: 0,
      }));
      sent.push(...records);
      waiting.push(...records);
      open += records.length;
      for (; working < Math.min(parallel, open); working += 1) void work();
    },
    get accepted() {
      return sent.reduce((sum, { accepted }) => sum + accepted.size, 0);
    },
    get open() {
      return open;
    },
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    close() {
      closed = true;
      for (const each of sessions) each.close();
    },
  };
}

/** Sends one message once, to one host. @throws Disconnected */
export async function sendOnce(target: Target, message: TestMessage): Promise<Sent> {
  const record: Record = {
    message,
    accepted: new Map(),
    refused: new Map(),
    unanswered: 0,
    deferrals: 0,
  };
  const session = await SmtpClient.greet(target);
  try {
    await transact(session, targetName(target), record);
    return record;
  } finally {
    await session.quit();
  }
}

const openRecipients = ({ message, accepted, refused }: Sent): string[] =>
  message.to.filter((address) => !accepted.has(address) && !refused.has(address));

async function transact(
  session: SmtpClient,
  host: string,
  record: Record,
  beforeEnd?: SendersOptions['beforeEnd'],
): Promise<void> {
  const { message } = record;
  const settle = (recipients: readonly string[], reply: Reply): void => {
    for (const recipient of recipients)
      if (reply.code >= 500) record.refused.set(recipient, reply);
      else if (reply.code < 300) record.accepted.set(recipient, host);
    if (reply.code >= 400 && reply.code < 500) record.deferrals += 1;
  };
  const to = openRecipients(record);
  const mail = await session.say(`MAIL FROM:<${message.from}>${message.mailParameters}`);
  if (mail.code !== 250) return settle(to, mail);
  const taken: string[] = [];
  for (const recipient of to) {
    const reply = await session.say(`RCPT TO:<${recipient}>${message.rcptParameters}`);
    if (reply.code === 250) taken.push(recipient);
    else settle([recipient], reply);
  }
  if (taken.length === 0) return void (await session.say('RSET'));
  let ending = false;
  try {
    const reply = await session.data(message.octets, async () => {
      await beforeEnd?.(message);
      ending = session.isOpen;
    });
    settle(taken, reply);
  } catch (error) {
    if (ending) record.unanswered += 1;
    throw error;
  }
}

/** Sessions of one sender, kept from message to message. */
class Sessions {
  readonly #kept = new Map<string, SmtpClient>();

  async with(target: Target): Promise<SmtpClient> {
    const name = targetName(target);
    const kept = this.#kept.get(name);
    if (kept?.isOpen) return kept;
    const fresh = await SmtpClient.greet(target, 'sender.test');
    this.#kept.set(name, fresh);
    return fresh;
  }

  close(): void {
    for (const session of this.#kept.values()) session.destroy();
  }
}

/**
 * The hosts that take mail for a domain, by its MX records in the DNS at `server`; as tests listen on odd ports,
 * `ports` says which port each host has.
 */
export async function mxTargets(
  server: string,
  domain: string,
  ports: Readonly<{ [host: string]: number }>,
): Promise<Target[]> {
  const resolver = new Resolver();
  resolver.setServers([server]);
  const records = await resolver.resolveMx(domain);
  records.sort((a, b) => a.priority - b.priority);
  return Promise.all(
    records.map(async ({ exchange }) => {
      const [host = ''] = await resolver.resolve4(exchange);
      return { name: exchange, host, port: ports[exchange] ?? 25 };
    }),
  );
}
