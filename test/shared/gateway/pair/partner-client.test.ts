import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { MAX_BEAT_BYTES } from '@mailpair/shared/gateway/pair/partner-beat';
import { createPartnerClient, type PartnerClient } from '@mailpair/shared/gateway/pair/partner-client';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { rejection } from '../../../support/rejection.ts';

describe('the way to a partner', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function listen(server: Server): Promise<number> {
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
  function clientTo(url: string, ...ca: readonly string[]): PartnerClient {
    const client = createPartnerClient(url, ca);
    closers.push(() => client.close());
    return client;
  }
  const post = (client: PartnerClient, timeoutMs = 10_000) =>
    client.post('/pair/heartbeat', 'the seal', Buffer.from('the beat'), timeoutMs);

  it('carries seal and octets there, and status, seal and octets back', async () => {
    let asked: { question: IncomingMessage; body: string } | undefined;
    const answer: RequestListener = (question, reply) => {
      question.setEncoding('utf8').once('data', (body: string) => {
        asked = { question, body };
        reply.writeHead(403, { 'mailpair-seal': 'their seal' }).end('no');
      });
    };
    const port = await listen(createServer(answer));
    const { status, seal, body } = await post(clientTo(`http://127.0.0.1:${port}`));
    expect({ status, seal, body: body.toString() }).to.deep.equal({
      status: 403,
      seal: 'their seal',
      body: 'no',
    });
    expect(asked?.body).to.equal('the beat');
    expect(asked?.question).to.include({ method: 'POST', url: '/pair/heartbeat' });
    expect(asked?.question.headers).to.include({ 'mailpair-seal': 'the seal' });
  });

  it('is one connection that is kept', async () => {
    const server = createServer((_question, reply) => reply.end());
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const client = clientTo(`http://127.0.0.1:${await listen(server)}`);
    for (let i = 0; i < 3; i += 1) expect((await post(client)).status).to.equal(200);
    expect(connections).to.equal(1);
  });

  it('ends with the reason when nobody answers, or not in time, or without end', async () => {
    const hanging = await listen(createServer(() => undefined));
    expect((await rejection(post(clientTo(`http://127.0.0.1:${hanging}`), 50))).message).to.equal(
      'nothing within 50 ms',
    );
    const endless = await listen(
      createServer((_question, reply) => reply.end(Buffer.alloc(MAX_BEAT_BYTES + 1))),
    );
    expect((await rejection(post(clientTo(`http://127.0.0.1:${endless}`)))).message).to.include('too long');
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    await once(gone, 'close');
    expect((await rejection(post(clientTo(`http://127.0.0.1:${port}`)))).message).to.include('ECONNREFUSED');
  });

  it('over https leads to the partner only when its certificate is for the name in the url', async () => {
    const certificate = await selfSigned(['localhost']);
    const server = createTlsServer(certificate, (_question, reply) => reply.end());
    const port = await listen(server);
    expect((await post(clientTo(`https://localhost:${port}`, String(certificate.cert)))).status).to.equal(
      200,
    );
    const otherName = await rejection(post(clientTo(`https://127.0.0.1:${port}`, String(certificate.cert))));
    expect(otherName.message).to.match(/does not match certificate/);
    const unknownAuthority = await rejection(post(clientTo(`https://localhost:${port}`)));
    expect(unknownAuthority.message).to.match(/self-signed certificate/);
  });
});
