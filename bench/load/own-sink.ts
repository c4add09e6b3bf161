/**
 * A server that takes every message and keeps none, where smtp-sink is missing: `own-sink.ts PORT`.
 * Prints `mesg=COUNT` when the count has changed.
 */
import { createServer, type Socket } from 'node:net';

const extensions = ['sink.example', 'PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'];
const replies: Readonly<Record<string, string>> = {
  EHLO: extensions
    .map((name, index) => `250${index < extensions.length - 1 ? '-' : ' '}${name}`)
    .join('\r\n'),
  DATA: '354 Go ahead',
  QUIT: '221 2.0.0 Bye',
};

let taken = 0;
let told = 0;

createServer({ noDelay: true }, serve).listen(Number(process.argv[2]), '127.0.0.1', 1024);
setInterval(() => {
  if (taken !== told) process.stdout.write(`mesg=${(told = taken)}\n`);
}, 5);

function serve(socket: Socket): void {
  let rest = '';
  let inData = false;
  socket.write('220 sink.example ESMTP\r\n');
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (piece: string) => {
    let input = rest + piece;
    let answer = '';
    for (;;) {
      // DATA's own line end may be the first of the final dot.
      const end = inData ? input.indexOf('\r\n.\r\n') : input.indexOf('\r\n');
      if (end < 0) break;
      if (inData) taken += 1;
      const verb = inData ? 'message' : input.slice(0, 4).toUpperCase();
      answer += `${replies[verb] ?? '250 2.0.0 Ok'}\r\n`;
      input = input.slice(end + (inData ? 5 : 2));
      inData = verb === 'DATA';
    }
    // Of a message only the end is looked for.
    rest = inData ? input.slice(-4) : input;
    if (answer) socket.write(answer);
    if (answer.startsWith('221')) socket.end();
  });
}
