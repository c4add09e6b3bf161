import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { afterEach, before, describe, it } from 'mocha';
import { parseDetours } from '@mailpair/planner/verify/detours';
import { fetchPolicy } from '@mailpair/planner/verify/fetch-policy';
import type { PolicyAnswer } from '@mailpair/planner/verify/world';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';

const HOST = 'mta-sts.example.com';
const text = 'version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n';

describe('fetching the MTA-STS policy', () => {
  let pems: ServerOptions & { cert: string };
  let server: Server | undefined;

  before(async () => {
    pems = await selfSigned([HOST]);
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function fetchWith(
    respond: (request: IncomingMessage, response: ServerResponse) => void,
    authorities: readonly string[] = [pems.cert],
    options: ServerOptions = pems,
  ): Promise<PolicyAnswer> {
    server = createServer(options, respond).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const detours = parseDetours([`${HOST}:443=127.0.0.1:${port}`]);
    return fetchPolicy({ domain: 'example.com', addresses: ['192.0.2.80'] }, detours, authorities);
  }

  const plain = (response: ServerResponse): ServerResponse =>
    response.setHeader('content-type', 'text/plain; charset=utf-8');

  it('asks the host by its name for the well-known path, and brings the text', async () => {
    const asked: unknown[] = [];
    const answer = await fetchWith((request, response) => {
      asked.push(request.url, request.headers.host);
      plain(response).end(text);
    });
    expect(answer).to.deep.equal({ kind: 'text', text });
    expect(asked).to.deep.equal(['/.well-known/mta-sts.txt', HOST]);
  });

  for (const [title, respond, why] of [
    ['is not there', (response: ServerResponse) => response.writeHead(404).end(), 'is answered 404'],
    [
      'lies elsewhere',
      (response: ServerResponse) => response.writeHead(301, { location: '/x' }).end(),
      'is answered 301',
    ],
    [
      'is a web page',
      (response: ServerResponse) => response.setHeader('content-type', 'text/html').end(text),
      'its media type is text/html, not text/plain',
    ],
    [
      'never ends',
      (response: ServerResponse) => plain(response).end('x'.repeat(70_000)),
      'longer than 65536',
    ],
  ] as const)
    it(`refuses one that ${title}`, async () => {
      const answer = await fetchWith((_, response) => respond(response));
      expect(answer.kind === 'refused' && answer.why).to.include(why);
    });

  it('refuses one behind a certificate that nobody vouches for, or for another name', async () => {
    const untrusted = await fetchWith((_, response) => plain(response).end(text), []);
    expect(untrusted.kind === 'refused' && untrusted.why).to.include(
      'no certificate that senders would take',
    );
    server?.close();
    const other = await selfSigned(['www.example.com']);
    const misnamed = await fetchWith((_, response) => plain(response).end(text), [other.cert], other);
    expect(misnamed.kind === 'refused' && misnamed.why).to.include('no certificate that senders would take');
  });

  it('knows nothing when the server is in trouble, hangs up or is not there', async () => {
    expect((await fetchWith((_, response) => response.writeHead(503).end())).kind).to.equal('unknown');
    server?.close();
    expect((await fetchWith((request) => request.socket.destroy())).kind).to.equal('unknown');
    const { port } = server!.address() as AddressInfo;
    server!.close();
    await once(server!, 'close');
    const detours = parseDetours([`${HOST}:443=127.0.0.1:${port}`]);
    const gone = await fetchPolicy({ domain: 'example.com', addresses: ['192.0.2.80'] }, detours);
    expect(gone).to.deep.equal({ kind: 'unknown', why: 'refuses the connection on port 443' });
  });
});
