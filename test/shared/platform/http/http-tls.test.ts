import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { openHttp, type HttpListener } from '@mailpair/shared/platform/http/http';
import { Answer } from '@mailpair/shared/platform/http/http-answer';
import { authorityCertificate, issueCredentials } from '@mailpair/shared/platform/http/http-authority';
import { STRANGERS } from '@mailpair/shared/platform/http/http-connections';
import type { RefusedRequest } from '@mailpair/shared/platform/http/http-routes';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { askHttp, type HttpAnswer } from '../../../support/http-ask.ts';
import { rejection } from '../../../support/rejection.ts';

const node = 'mx-in.example.com';
const secret = 'secret of the pair';
const ca = authorityCertificate(secret, node);
const credentialsBy = (of: string) => ({
  ...issueCredentials(of, node, [node, '127.0.0.1']),
  minVersion: 'TLSv1.2' as const,
});

for (const kind of ['plain', 'TLS'] as const)
  describe(`the HTTP listener, ${kind}`, () => {
    let listener: HttpListener;
    let isAllowed: boolean;
    let refused: RefusedRequest[];
    const sockets: Socket[] = [];

    beforeEach(async () => {
      isAllowed = false;
      refused = [];
      listener = await openHttp({
        listen: { host: '127.0.0.1', port: 0 },
        routes: [
          { method: 'GET', path: '/word', access: 'public', run: () => new Answer('yes') },
          { method: 'GET', path: '/api/things', run: () => ({}) },
        ],
        token: 'secret',
        allows: () => isAllowed,
        isOwnHost: (name) => name === '127.0.0.1',
        refused: (what) => void refused.push(what),
        ...(kind === 'TLS' && { credentials: credentialsBy(secret) }),
      });
    });
    afterEach(async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      await listener.close();
    });

    const get = (more: object = {}): Promise<HttpAnswer> =>
      askHttp({ port: listener.address.port, path: '/word', ...(kind === 'TLS' && { ca }), ...more });
    /** A place is free once the listener has noticed that a client went. */
    async function retried(): Promise<HttpAnswer> {
      for (;;) {
        const answer = await get().catch(() => undefined);
        if (answer) return answer;
      }
    }
    async function open(): Promise<Socket> {
      const socket = createConnection(listener.address.port, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    }

    it('holds no more silent connections of a stranger than it has places', async () => {
      for (let i = 0; i < STRANGERS.each; i += 1) await open();
      await once(await open(), 'close');
      expect(refused).to.deep.equal([{ reason: 'connections', client: '127.0.0.1' }]);
      isAllowed = true;
      expect(await get(), 'who is allowed has other places').to.include({ status: 200 });
    });

    it('gives places back', async () => {
      for (let i = 0; i < STRANGERS.each; i += 1) await open();
      for (const socket of sockets.splice(0)) socket.destroy();
      for (let i = 0; i < 3 * STRANGERS.each; i += 1) expect(await retried()).to.include({ status: 200 });
    });

    it('takes its own origin only by its own scheme', async () => {
      const host = `127.0.0.1:${listener.address.port}`;
      const from = (origin: string) =>
        get({ path: '/api/things', headers: { authorization: 'Bearer secret', host, origin } });
      const [own, other] = kind === 'TLS' ? ['https', 'http'] : ['http', 'https'];
      expect((await from(`${own}://${host}`)).status).to.equal(200);
      expect((await from(`${other}://${host}`)).status).to.equal(403);
    });

    if (kind === 'plain') return;

    it('has a key that only the secret and the name of the node vouch for', async () => {
      expect(await get()).to.include({ status: 200, text: 'yes' });
      const others = [
        authorityCertificate('another', node),
        authorityCertificate(secret, 'mx-out.example.com'),
      ];
      for (const other of others) expect(await rejection(get({ ca: other }))).to.have.property('code');
      expect(await get({ ca: [...others, ca] })).to.include({ status: 200 });
      expect(await rejection(get({ host: 'localhost' }))).to.include({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    });

    it('speaks no plain HTTP and no old TLS', async () => {
      expect(await rejection(get({ ca: undefined }))).to.be.an('error');
      expect(refused).to.deep.equal([{ reason: 'tls', client: '127.0.0.1', fault: 'ERR_SSL_HTTP_REQUEST' }]);
      const versions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
      const old = tlsConnect({ port: listener.address.port, host: '127.0.0.1', ca, ...versions });
      expect(await rejection(once(old, 'secureConnect'))).to.be.an('error');
    });

    it('shows renewed credentials to who connects then', async () => {
      listener.renew(credentialsBy('another'));
      expect(await rejection(get())).to.be.an('error');
      expect(await get({ ca: authorityCertificate('another', node) })).to.include({ status: 200 });
    });
  });
