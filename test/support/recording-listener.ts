/**
 * A listener on a free loopback port whose hooks record what the sessions bring, for tests of the stage `accept`.
 *
 * Local parts say what becomes of a recipient: `unknown` is refused, `later` deferred, `fault` throws, `broken`
 * rejects, `slow` is accepted after a turn of the event loop, all others at once. `me` with `secret` may authenticate
 * on a submission listener; for the user `fault` the user base is broken.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { ConnectionCounter } from '@mailpair/shared/smtp/server/limits';
import {
  openListener,
  type Listener,
  type ListenerOptions,
  type SessionHooks,
} from '@mailpair/shared/smtp/server/listener';
import { MessageRoom } from '@mailpair/shared/smtp/server/message-room';
import type { Credentials } from '@mailpair/shared/smtp/server/session-context';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import type { Settings } from '@mailpair/shared/config/settings';
import type { TlsMode } from '@mailpair/shared/config/schema/listen-settings';
import { localPartOf } from '@mailpair/shared/platform/values/address';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Envelope } from '@mailpair/shared/platform/values/envelope';
import { replies, type Reply } from '@mailpair/shared/platform/values/reply';
import type { ListenerRole, Session } from '@mailpair/shared/platform/values/session';

export interface Received {
  readonly envelope: Envelope;
  readonly body: Body;
  readonly octets: Buffer;
  readonly session: Session;
}

export interface Recording extends Listener {
  readonly messages: Received[];
  readonly faults: unknown[];
  readonly refused: Reply[];
  /** Why, of peers that had no session. */
  readonly turnedAway: string[];
  /** Why, of connections that ended before their session. */
  readonly unserved: string[];
  readonly closed: Session[];
  readonly counter: ConnectionCounter;
  readonly clock: TestClock;
  /** The options it was opened with, for `reload`. */
  readonly options: ListenerOptions;
  /** Files that lie where large messages are written. */
  files(): string[];
  /** Resolves when there are so many. */
  filesAre(count: number): Promise<void>;
  /** Resolves when `condition` holds after a hook was called. */
  until(condition: () => boolean): Promise<void>;
}

export interface TestClock {
  now(): number;
  advance(ms: number): void;
  /** Resolves when it was read so many times more: the listener looks at it at every sweep. */
  read(times: number): Promise<void>;
}

export interface RecordingOptions {
  readonly role?: ListenerRole;
  readonly tls?: TlsMode;
  readonly trusted?: boolean | ((address: string) => boolean);
  /** Takes PROXY headers from the peers of which this is true. */
  readonly isBalancer?: (address: string) => boolean;
  readonly proxyHeaderMs?: number;
  readonly smtp?: Partial<Settings['smtp']>;
  readonly limits?: Partial<Settings['limits']>;
  readonly hooks?: Partial<SessionHooks>;
  readonly counter?: ConnectionCounter;
  /** Memory that is left for messages; without end by default. */
  readonly leftBytes?: () => number;
  readonly host?: string;
}

const smtp: Settings['smtp'] = {
  bareLineEnds: 'reject',
  maxMessageBytes: 10_000_000,
  maxRecipients: 100,
  maxHops: 50,
  greetingPauseMs: 0,
  earlyTalkers: 'refuse',
  commandTimeoutMs: 300_000,
  messageTimeoutMs: 900_000,
};

const limits: Settings['limits'] = {
  connections: 1_000,
  connectionsPerClient: 1_000,
  connectionsPerNetwork: 1_000,
  connectionsPerUser: 1_000,
  errors: 20,
  commands: 100,
  memoryPerMessageBytes: 262_144,
  memoryForMessagesBytes: 0,
  memoryBytes: 0,
};

let certificate: ReturnType<typeof selfSigned> | undefined;

/** Opens the listener, runs `body` with it, and closes it whatever happens. */
export async function withListener(
  options: RecordingOptions,
  body: (listener: Recording) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-accept-'));
  const listener = await openRecording(options, directory);
  try {
    await body(listener);
  } finally {
    await listener.close(0);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function openRecording(given: RecordingOptions, directory: string): Promise<Recording> {
  const { role = 'mx', tls = 'starttls', trusted = false } = given;
  const log = {
    messages: [] as Received[],
    faults: [] as unknown[],
    refused: [] as Reply[],
    turnedAway: [] as string[],
    unserved: [] as string[],
    closed: [] as Session[],
  };
  const wakers = new Set<() => void>();
  const clock = testClock();
  const hooks = awaking({ ...recordingHooks(log, role), ...given.hooks }, wakers);
  const options: ListenerOptions = {
    role,
    host: 'mx.example.com',
    listen: {
      host: given.host ?? '127.0.0.1',
      port: 0,
      tls,
      ...(given.isBalancer && { proxy: ['127.0.0.1/32'] }),
    },
    ...(given.isBalancer && { isBalancer: given.isBalancer }),
    ...(given.proxyHeaderMs && { proxyHeaderMs: given.proxyHeaderMs }),
    smtp: { ...smtp, ...given.smtp },
    limits: { ...limits, ...given.limits },
    tls: tls === 'none' ? null : await (certificate ??= selfSigned(['mx.example.com'])),
    clock,
    hooks,
    counter: given.counter ?? new ConnectionCounter(),
    trusts: typeof trusted === 'boolean' ? () => trusted : trusted,
    room: new BlockPool(() => options.limits.memoryForMessagesBytes),
    places: new MessageRoom(() => given.leftBytes?.() ?? Infinity),
    incomingDirectory: directory,
    sweepMs: 5,
  };
  const listener = await openListener(options);
  return {
    ...log,
    address: listener.address,
    get sessions() {
      return listener.sessions;
    },
    reload: (part) => listener.reload(part),
    setShut: (shut) => listener.setShut(shut),
    endSessions: () => listener.endSessions(),
    close: (deadlineMs) => listener.close(deadlineMs),
    counter: options.counter,
    clock,
    options,
    files: () => readdirSync(directory),
    filesAre: async (count) => {
      while (readdirSync(directory).length !== count) await setImmediate();
    },
    until: async (condition) => {
      while (!condition())
        await new Promise<void>((resolve) => {
          wakers.add(resolve);
        });
    },
  };
}

function recordingHooks(
  log: Pick<Recording, 'messages' | 'faults' | 'refused' | 'turnedAway' | 'unserved' | 'closed'>,
  role: ListenerRole,
): SessionHooks {
  return {
    connect: () => null,
    mail: () => replies.mailOk,
    rcpt: ({ address }) => answerRecipient(localPartOf(address)),
    async message(envelope, body, session) {
      const octets = body.path === undefined ? Buffer.concat(body.chunks ?? []) : readFileSync(body.path);
      log.messages.push({ envelope, body, octets, session });
      return replies.queued(`m${log.messages.length}`);
    },
    authenticate: role === 'submission' ? checkPassword : undefined,
    refused: (reply) => void log.refused.push(reply),
    turnedAway: (reason) => void log.turnedAway.push(reason),
    unserved: (reason) => void log.unserved.push(reason),
    closed: (session) => void log.closed.push(session),
    fault: (error) => void log.faults.push(error),
  };
}

function answerRecipient(localPart: string): Reply | Promise<Reply> {
  if (localPart === 'unknown') return replies.unknownRecipient;
  if (localPart === 'later') return replies.unverifiedRecipient;
  if (localPart === 'fault') throw new Error('the recipient table is on fire');
  if (localPart === 'broken') return Promise.reject(new Error('the recipient table is on fire'));
  if (localPart === 'slow') return setImmediate(replies.rcptOk);
  return replies.rcptOk;
}

async function checkPassword({ user, password }: Credentials): Promise<boolean> {
  if (user === 'fault') throw new Error('the user base is on fire');
  return user === 'me' && password === 'secret';
}

/** Tells those who wait after every call of a hook. */
function awaking(hooks: SessionHooks, wakers: Set<() => void>): SessionHooks {
  const tell = <A extends unknown[], R>(hook: (...facts: A) => R) => {
    return (...facts: A): R => {
      try {
        return hook(...facts);
      } finally {
        for (const wake of wakers) wake();
        wakers.clear();
      }
    };
  };
  return {
    ...hooks,
    rcpt: tell(hooks.rcpt),
    message: tell(hooks.message),
    closed: tell(hooks.closed),
    fault: tell(hooks.fault),
    refused: tell(hooks.refused),
    turnedAway: tell(hooks.turnedAway),
    unserved: tell(hooks.unserved),
  };
}

function testClock(): TestClock {
  let now = Date.UTC(2026, 0, 1);
  let awaited: { left: number; resolve: () => void }[] = [];
  return {
    now: () => {
      for (const each of awaited) if ((each.left -= 1) === 0) each.resolve();
      awaited = awaited.filter(({ left }) => left > 0);
      return now;
    },
    advance: (ms) => {
      now += ms;
    },
    read: (times) =>
      new Promise((resolve) => {
        awaited.push({ left: times, resolve });
      }),
  };
}

/** One line for what the gateway learned of a message: the part of a scenario that stands after `GOT:`. */
export function summaryOf({ envelope, octets }: Received): string {
  const { reversePath, recipients, eightBit, smtpUtf8, requireTls, ret, envid } = envelope;
  const to = recipients.map(({ address, notify, orcpt }) =>
    [
      address,
      ...(notify ? [`notify=${notify.join('+')}`] : []),
      ...(orcpt === undefined ? [] : [`orcpt=${orcpt}`]),
    ].join(' '),
  );
  return [
    `<${reversePath}>`,
    ...to.map((recipient) => `<${recipient}>`),
    ...(eightBit ? ['8bit'] : []),
    ...(smtpUtf8 ? ['smtputf8'] : []),
    ...(requireTls ? ['requiretls'] : []),
    ...(ret ? [`ret=${ret}`] : []),
    ...(envid === undefined ? [] : [`envid=${envid}`]),
    `${octets.length} octets`,
  ].join(' ');
}
