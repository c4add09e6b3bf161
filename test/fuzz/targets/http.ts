/** Requests to the HTTP listener, octet by octet: nobody is answered from /api without the token, whatever the request looks like. */
import { connect } from 'node:net';
import { openHttp } from '@mailpair/shared/platform/http/http';
import { Answer } from '@mailpair/shared/platform/http/http-answer';
import { must, type TargetFile } from '../target.ts';

const SECRET = 'what-only-an-operator-sees';
const TOKEN = 'f2a1-the-token';

const requests = [
  'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /api/queue?limit=10&prefix=a&state=due HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n',
  'GET /%61pi/queue/a%2fb HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET http://x/api/queue HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /api/queue/retry?all=1 HTTP/1.1\r\nHost: [::1]:80\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'POST /api/learn HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'HEAD /api//queue;x/../ap%69/status HTTP/1.0\r\nOrigin: http://localhost\r\n\r\n',
  'DELETE /api/queue/1 HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\nGET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n',
];

export const http: TargetFile = {
  name: 'http',
  async open() {
    const operator = (): object => ({ SECRET });
    const listener = await openHttp({
      listen: { host: '127.0.0.1', port: 0 },
      token: TOKEN,
      passes: () => undefined,
      allows: () => false,
      isOwnHost: (name) => name === '::1' || name === '127.0.0.1',
      routes: [
        { method: 'GET', path: '/healthz', access: 'public', run: () => new Answer('ok') },
        { method: 'GET', path: '/metrics', access: 'monitoring', run: operator },
        { method: 'GET', path: '/api/status', run: operator },
        { method: 'GET', path: '/api/queue', run: operator },
        { method: 'GET', path: '/api/queue/:id', run: operator },
        { method: 'POST', path: '/api/queue/retry', run: operator },
        { method: 'POST', path: '/api/learn', run: operator },
        { method: 'DELETE', path: '/api/queue/:id', run: operator },
      ],
    });
    return {
      name: 'http',
      seeds: requests.map((text) => Buffer.from(text)),
      words: [
        'GET ',
        'POST ',
        ' HTTP/1.1\r\n',
        '/api',
        '/%61pi',
        '//',
        '/../',
        '%2f',
        '%00',
        '?',
        '&',
        '=',
        ';',
        '#',
        '\\',
        'http://x',
        'Host: localhost\r\n',
        'Authorization: Bearer ',
        'Content-Length: 1\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n\r\n',
        '0\r\n\r\n',
        '*',
      ],
      longestBytes: 4 * 1024,
      budgetMs: 200,
      isSlow: true,
      async run(input) {
        if (input.includes(TOKEN)) return;
        const answer = await answerTo(listener.address.port, input);
        must(
          !answer.includes('SECRET') && !answer.includes(SECRET),
          'what only operators may see is answered',
          answer.slice(0, 200),
        );
        must(!/HTTP\/1\.[01] 500/.test(answer), 'a request ends in a fault of ours', answer.slice(0, 300));
        for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
          must(/^[24]\d\d$/.test(status!), 'an answer of no expected kind', status);
      },
      close: () => listener.close(),
    };
  },
};

function answerTo(port: number, octets: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.end(octets);
  });
}
