/**
 * Sends messages where smtp-source is missing: `own-generator.ts PORT SESSIONS SIZE MESSAGES RECIPIENT`.
 * Like smtp-source it waits for each reply, and ends with status 1 at the first that is not the expected one.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port = 0, sessions = 1, sizeBytes = 0, messages = 0] = process.argv.slice(2, 6).map(Number);
const recipient = process.argv[6] ?? '';

const header = `From: <sender@sender.example>\r\nTo: <${recipient}>\r\nSubject: bench\r\n\r\n`;
const line = `${'X'.repeat(78)}\r\n`;
const message = `${header}${line.repeat(Math.ceil(sizeBytes / line.length))}.\r\n`;
const transaction: readonly (readonly [string, string])[] = [
  ['MAIL FROM:<sender@sender.example>\r\n', '250'],
  [`RCPT TO:<${recipient}>\r\n`, '250'],
  ['DATA\r\n', '354'],
  [message, '250'],
];

let started = 0;

async function session(): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  const tell = async (said: string, expected: string): Promise<void> => {
    if (said) socket.write(said);
    let reply = '';
    do reply += String((await once(socket, 'data'))[0]);
    while (!/^\d{3} .*\r\n/m.test(reply));
    if (!reply.startsWith(expected))
      throw new Error(`${said.slice(0, 40).trim()} was answered ${reply.trim()}`);
  };
  await tell('', '220');
  await tell('HELO client.example\r\n', '250');
  while (started < messages) {
    started += 1;
    for (const [said, expected] of transaction) await tell(said, expected);
  }
  socket.end('QUIT\r\n');
}

try {
  await Promise.all(Array.from({ length: sessions }, session));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
