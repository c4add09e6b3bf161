/**
 * Sends messages where smtp-source cannot: over TLS, with the time that each takes, or where it is missing. Takes an
 * `Order` as JSON for its only argument and prints a `Report`. Like smtp-source it waits for each reply, and ends with
 * status 1 at the first that is not the expected one.
 */
import { Conversation, type Peer } from './conversation.ts';

export interface Order extends Peer {
  readonly sessions: number;
  readonly sizeBytes: number;
  readonly messages: number;
  readonly recipient: string;
  readonly connections: 'kept' | 'new';
  readonly tls: boolean;
}

export interface Report {
  /** From the first connection to the last 250, without the start of the generator. */
  readonly seconds: number;
  /** How long each message took from its first octet to its 250. */
  readonly acceptMs: readonly number[];
}

const order = JSON.parse(process.argv[2] ?? '') as Order;

const header = `From: <sender@sender.example>\r\nTo: <${order.recipient}>\r\nSubject: bench\r\n\r\n`;
const line = `${'X'.repeat(78)}\r\n`;
const body = line.repeat(Math.ceil(order.sizeBytes / line.length));
const message = Buffer.from(`${header}${body}.\r\n`, 'latin1');
const acceptMs: number[] = [];
let started = 0;

async function session(): Promise<void> {
  while (started < order.messages) await connection();
}

async function connection(): Promise<void> {
  const conversation = await Conversation.open(order);
  await conversation.hello();
  if (order.tls) {
    await conversation.startTls();
    await conversation.hello();
  }
  while (started < order.messages) {
    started += 1;
    await transaction(conversation);
    if (order.connections === 'new') break;
  }
  await conversation.quit();
}

async function transaction(conversation: Conversation): Promise<void> {
  await conversation.tell('MAIL FROM:<sender@sender.example>\r\n', '250');
  await conversation.tell(`RCPT TO:<${order.recipient}>\r\n`, '250');
  await conversation.tell('DATA\r\n', '354');
  const sentAt = performance.now();
  await conversation.tell(message, '250');
  acceptMs.push(performance.now() - sentAt);
}

const startedAt = performance.now();
try {
  await Promise.all(Array.from({ length: order.sessions }, session));
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(JSON.stringify({ seconds, acceptMs } satisfies Report));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
