/**
 * One of Debian's mail servers as the mail server of a test, on a machine of its own (machine.ts). Configured as an
 * administrator would who knows nothing of the pair: it takes mail for its domain from anybody, keeps mailboxes for
 * its users, lets them send after AUTH over TLS, and delivers what is for others by MX. So it serves as a local
 * server to be pointed at the pair, and as a sender somewhere in the internet.
 *
 *     before(async function () {
 *       needMachine(this, 'exim4');
 *       sender = await openExim({
 *         name: 'mx.example.net', domain: 'example.net', users: { zoe: 'secret' },
 *         address: '127.0.0.40', port: 2525, submissionPort: 2587,
 *         resolver: '127.0.0.53',                     // startDns(zone, { host: '127.0.0.53', port: 53 })
 *       });
 *     });
 *     await sender.send(composeMessage('plain', { from: 'zoe@example.net', to: ['anna@example.com'] }));
 *     await sender.flush();                            // try all that waits, now
 *     await sender.until('zoe', 1);                    // what came for a user
 *     await sender.queue(); await sender.log();        // what waits and why
 *     await sender.close();
 *
 * Delivery by MX goes to port 25, so what the MX records lead to must listen on port 25 of loopback addresses.
 * What it sends comes from 127.0.0.1.
 */
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestMessage } from '../support/messages.ts';
import { openMachine, type Machine, type MachineOptions, type PackageSet } from './machine.ts';

export interface MailServerOptions extends Omit<MachineOptions, 'packages'> {
  readonly domain: string;
  /** Name → password. */
  readonly users: Readonly<Record<string, string>>;
  /** A loopback address other than 127.0.0.1, which it takes for its own machine. */
  readonly address: string;
  readonly port: number;
  readonly submissionPort: number;
}

/** What differs between the servers. */
export interface Kind {
  readonly packages: PackageSet;
  /** Writes the configuration and starts the server; certificate and key are in /etc/mail-server.crt and .key. */
  configure(machine: Machine, options: MailServerOptions): Promise<void>;
  /** The command that takes a message on its input, without sender and recipients. */
  readonly submit: string;
  readonly flush: string;
  readonly queue: string;
  /** The file of its log. */
  readonly log: string;
}

export interface MailServer {
  readonly machine: Machine;
  readonly address: string;
  readonly port: number;
  readonly submissionPort: number;
  /** Hands it a message by its sendmail command. */
  send(message: Pick<TestMessage, 'from' | 'to' | 'octets'>): Promise<void>;
  /** Resolves when it listens, as it does a while after it was told to start. */
  listening(): Promise<void>;
  /** Makes it try all that is queued. */
  flush(): Promise<void>;
  /** Its own listing of what is queued. */
  queue(): Promise<string>;
  /** The messages in a user's mailbox that have a body, header section first, lines ending in LF. */
  mailbox(user: string): Promise<string[]>;
  /** Resolves with the mailbox as soon as it has `count` messages; rejects after `withinMs` with the end of the log. */
  until(user: string, count: number, withinMs?: number): Promise<string[]>;
  log(): Promise<string>;
  close(): Promise<void>;
}

const UNTIL_MS = 30_000;

/** @throws with what it said when it does not start */
export async function openMailServer(kind: Kind, options: MailServerOptions): Promise<MailServer> {
  const { name, address, port, submissionPort, hosts } = options;
  const machine = await openMachine({
    ...options,
    packages: kind.packages,
    hosts: { [name]: address, ...hosts },
  });
  const bothListen = async (): Promise<void> => {
    await Promise.all([port, submissionPort].map((each) => listening(address, each)));
  };
  try {
    await machine.sh(`umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=${name} \
      -keyout /etc/mail-server.key -out /etc/mail-server.crt 2>/dev/null`);
    for (const user of Object.keys(options.users))
      await machine.sh(`useradd --create-home --shell /usr/sbin/nologin ${user}`);
    await kind.configure(machine, options);
    await bothListen();
  } catch (error) {
    await machine.close();
    throw error;
  }

  const log = (): Promise<string> => machine.read(kind.log).catch(() => 'no log yet');
  const mailbox = async (user: string): Promise<string[]> => {
    const text = await readFile(machine.path(`/var/mail/${user}`), 'latin1').catch(() => '');
    // Each message has a line before it that begins so (mbox(5)), and one that begins so itself is quoted.
    return (
      text
        .split(/^From .*\n/m)
        .slice(1)
        .map((message) => message.trimEnd())
        // One that is being written has no body yet.
        .filter((message) => message.includes('\n\n'))
    );
  };

  return {
    machine,
    address,
    port,
    submissionPort,
    async send({ from, to, octets }) {
      const text = octets.toString('latin1').replaceAll('\r\n', '\n');
      const sender = from === '' ? "'<>'" : from;
      await machine.sh(`${kind.submit} -f ${sender} ${to.join(' ')}`, Buffer.from(text, 'latin1'));
    },
    listening: bothListen,
    flush: async () => void (await machine.sh(kind.flush)),
    queue: () => machine.sh(kind.queue),
    mailbox,
    async until(user, count, withinMs = UNTIL_MS) {
      if (
        await becomesTrue(
          machine.path('/var/mail'),
          async () => (await mailbox(user)).length >= count,
          withinMs,
        )
      )
        return mailbox(user);
      const last = (await log()).split('\n').slice(-25).join('\n');
      const there = (await mailbox(user)).length;
      throw new Error(
        `${there} of ${count} messages for ${user} within ${withinMs} ms:\n${last}\n${await machine.sh(kind.queue)}`,
      );
    },
    log,
    close: () => machine.close(),
  };
}

/** Resolves when something listens there: a server may need a while after its start command has ended. */
async function listening(host: string, port: number): Promise<void> {
  const deadline = Date.now() + UNTIL_MS;
  for (;;) {
    const socket = createConnection({ host, port });
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`nothing listens on ${host}:${port}`, { cause: error });
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
}

/** Asks again whenever something changes in the directory. */
async function becomesTrue(
  directory: string,
  isTrue: () => Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const look = (): void => void isTrue().then((yes) => yes && resolve(true), reject);
  const watcher = watch(directory, look);
  const timer = setTimeout(() => resolve(false), withinMs);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}
