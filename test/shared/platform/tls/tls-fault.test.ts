import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { authorityCertificate, issueCredentials } from '@mailpair/shared/platform/http/http-authority';
import { tlsFaultOf } from '@mailpair/shared/platform/tls/tls-fault';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { askHttp } from '../../../support/http-ask.ts';
import { rejection } from '../../../support/rejection.ts';

describe('what kept a client from a TLS session', () => {
  const node = 'mx-in.example.com';
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function problemWith(server: Server, host = '127.0.0.1'): Promise<string | undefined> {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const ca = authorityCertificate('secret', node);
    return tlsFaultOf(await rejection(askHttp({ port, host, path: '/', ca })))?.problem;
  }

  it('is that nobody speaks TLS there, as before this version', async () => {
    expect(await problemWith(createServer((_question, reply) => reply.end()))).to.equal(
      'it does not speak TLS there',
    );
  });

  it('is another secret, another node or a proxy', async () => {
    for (const [secret, of] of [
      ['another secret', node],
      ['secret', 'mx-out.example.com'],
    ] as const)
      expect(await problemWith(createTlsServer(issueCredentials(secret, of, ['127.0.0.1'])))).to.equal(
        'the secret of the pair does not vouch for its certificate',
      );
  });

  it('is another name', async () => {
    expect(await problemWith(createTlsServer(issueCredentials('secret', node, [node])))).to.equal(
      'its certificate is not for the name or address in its url',
    );
  });

  it('is nothing about TLS when nobody listens', () => {
    expect(tlsFaultOf(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).to.equal(undefined);
    expect(tlsFaultOf(new Error('nothing within 50 ms'))).to.equal(undefined);
  });
});
