/**
 * Opens connections, says EHLO and nothing more: `idle-clients.ts HOST PORT COUNT`. Prints `open=COUNT` when all are,
 * and keeps them until its stdin ends. Ends with status 1 when one cannot be opened or is ended by the other side.
 */
import { Conversation } from './conversation.ts';

const [host = '', port, count] = process.argv.slice(2);
const AT_A_TIME = 50;

async function open(): Promise<void> {
  const conversation = await Conversation.open({ host, port: Number(port) });
  await conversation.hello();
  conversation.onEnd(fail);
}

function fail(error: unknown): never {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

try {
  for (let opened = 0; opened < Number(count); opened += AT_A_TIME)
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, Number(count) - opened) }, open));
  process.stdout.write(`open=${count}\n`);
} catch (error) {
  fail(error);
}
process.stdin.on('end', () => process.exit(0)).resume();
