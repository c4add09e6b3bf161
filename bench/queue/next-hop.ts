/**
 * The other side of a long queue: `next-hop.ts PORT HOW`. It takes every message, or answers every RCPT 451, or never
 * answers at all. Prints how many RCPT it has answered whenever the count has changed.
 */
import { createServer, type Socket } from 'node:net';

type How = 'takes' | 'defers' | 'hangs';

const [, , port, how] = process.argv as [string, string, string, How];
const ehlo = ['next-hop.example', 'PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE'];
const replies: Readonly<Record<string, string>> = {
  EHLO: ehlo.map((word, index) => `250${index < ehlo.length - 1 ? '-' : ' '}${word}`).join('\r\n'),
  RCPT: how === 'defers' ? '451 4.2.0 Later' : '250 2.1.5 Ok',
  DATA: how === 'defers' ? '554 5.5.1 No valid recipients' : '354 Go ahead',
  QUIT: '221 2.0.0 Bye',
};

let answered = 0;
let told = 0;

createServer({ noDelay: true }, serve).listen(Number(port), '127.0.0.1', 4096);
setInterval(() => {
  if (answered !== told) process.stdout.write(`${(told = answered)}\n`);
}, 20);

function serve(socket: Socket): void {
  let rest = '';
  let inData = false;
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  if (how === 'hangs') return;
  socket.write('220 next-hop.example ESMTP\r\n');
  socket.on('data', (piece: string) => {
    let input = rest + piece;
    let answer = '';
    for (;;) {
      const end = input.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) break;
      const verb = inData ? 'dot' : input.slice(0, 4).toUpperCase();
      answer += `${replies[verb] ?? '250 2.0.0 Ok'}\r\n`;
      if (verb === 'RCPT') answered += 1;
      input = input.slice(end + (inData ? 5 : 2));
      inData = verb === 'DATA' && how === 'takes';
    }
    rest = inData ? input.slice(-4) : input;
    if (answer) socket.write(answer);
    if (answer.endsWith('Bye\r\n')) socket.end();
  });
}
