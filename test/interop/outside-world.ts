/**
 * The internet of a test network, as a process in a namespace: a DNS server on port 53, a mail server on port 25 that takes all
 * mail, and strangers that send. It does what it is asked over the channel to its parent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startDns, type DnsZone } from '../support/dns-server.ts';
import { openLocalServer, type LocalServer } from '../support/local-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

export interface Stranger {
  readonly host: string;
  readonly from: string;
  readonly to: string;
  /** The message, lines ending in CRLF. */
  readonly message: string;
}

type Order =
  | { readonly dns: { readonly host: string; readonly zone: DnsZone } }
  | { readonly mailServer: string }
  | { readonly send: Stranger }
  | { readonly arrivals: true };

export interface OutsideWorld {
  /** The last reply, as `250 2.0.0 …`. */
  send(stranger: Stranger): Promise<string>;
  /** The recipients of the messages that the mail server took. */
  arrivals(): Promise<string[]>;
  /** Stops everything, or lets it go on: neither DNS nor mail servers answer meanwhile. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** @param within the words that run a command in the namespace */
export async function openOutsideWorld(
  within: readonly [string, ...string[]],
  { dns, mailServer }: { readonly dns: { host: string; zone: DnsZone }; readonly mailServer: string },
): Promise<OutsideWorld> {
  const child = spawn(within[0], [...within.slice(1), process.execPath, fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'close');
  await ask(child, { dns });
  await ask(child, { mailServer });
  return {
    send: async (send) => String(await ask(child, { send })),
    arrivals: async () => (await ask(child, { arrivals: true })) as string[],
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** One order at a time. */
async function ask(child: ChildProcess, order: Order): Promise<unknown> {
  child.send(order);
  const [answer] = (await once(child, 'message')) as [{ done?: unknown; fault?: string }];
  if (answer.fault !== undefined) throw new Error(answer.fault);
  return answer.done;
}

let mailServer: LocalServer | undefined;

async function obey(order: Order): Promise<unknown> {
  if ('dns' in order) await startDns(order.dns.zone, { host: order.dns.host, port: 53 });
  else if ('mailServer' in order) mailServer = await openLocalServer({ host: order.mailServer, port: 25 });
  else if ('send' in order) return send(order.send);
  else return mailServer?.deliveries.flatMap(({ to }) => to) ?? [];
  return undefined;
}

async function send({ host, from, to, message }: Stranger): Promise<string> {
  const client = await SmtpClient.greet({ host, port: 25 }, 'mx.world.example');
  try {
    for (const line of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`]) {
      const { code, text } = await client.say(line);
      if (code !== 250) return `${code} ${text}`;
    }
    const { code, text } = await client.data(Buffer.from(message));
    return `${code} ${text}`;
  } finally {
    client.destroy();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.on('message', (order: Order) => {
    obey(order).then(
      (done) => process.send?.({ done }),
      (error: unknown) => process.send?.({ fault: String(error) }),
    );
  });
