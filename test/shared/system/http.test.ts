import { Readable } from 'node:stream';
import { openHttp, type HttpListener } from '@mailpair/shared/system/http';
import { Answer } from '@mailpair/shared/system/http-answer';
import { createMetrics } from '@mailpair/shared/system/metrics';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { rejection } from '../../support/rejection.ts';

describe('the HTTP listener', () => {
  let listener: HttpListener;
  let reasons: string[] = [];
  const parts = {
    listen: { host: '127.0.0.1', port: 0 },
    metrics: createMetrics('inbound'),
    health: () => ({ role: 'inbound' }),
    notReady: () => reasons,
    token: 'secret',
    passes: (given: string, { url }: { url: string }) => given === `Pass ${url}`,
    api: [
      {
        method: 'GET' as const,
        path: '/things/:id',
        run: ({ params, query }: { params: Record<string, string>; query: Record<string, string> }) =>
          params['id'] === 'none' ? undefined : { ...params, ...query },
      },
      { method: 'POST' as const, path: '/things', run: ({ body }: { body?: unknown }) => ({ body }) },
      { method: 'GET' as const, path: '/octets', run: () => new Answer(Readable.from(['a', 'b'])) },
      {
        method: 'GET' as const,
        path: '/fault',
        run: () => {
          throw new Error('it broke');
        },
      },
    ],
    raw: [
      {
        path: '/raw',
        maxBytes: 4,
        run: ({ body }: { body: Buffer }) => ({
          status: 202,
          headers: { 'x-length': String(body.length) },
          body,
        }),
      },
    ],
  };

  before(async () => {
    listener = await openHttp(parts);
  });
  after(() => listener.close());

  async function ask(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; text: string; headers: Headers }> {
    const { host, port } = listener.address;
    const answer = await fetch(`http://${host}:${port}${path}`, init);
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }
  const withToken = { headers: { authorization: 'Bearer secret' } };

  it('says that it is alive, and whether it is ready', async () => {
    expect(await ask('/healthz')).to.include({ status: 200, text: '{"alive":true,"role":"inbound"}' });
    expect(await ask('/readyz')).to.include({ status: 200, text: '{"ready":true,"reasons":[]}' });
    reasons = ['shutting down'];
    expect(await ask('/readyz')).to.include({
      status: 503,
      text: '{"ready":false,"reasons":["shutting down"]}',
    });
    expect(await ask('/readyz', { method: 'HEAD' })).to.include({ status: 503, text: '' });
  });

  it('shows metrics as Prometheus reads them', async () => {
    const { text, headers } = await ask('/metrics');
    expect(text).to.match(/^# HELP /m);
    expect(headers.get('content-type')).to.match(/^text\/plain/);
  });

  it('answers under /api only who has the token or a pass', async () => {
    for (const path of ['/api/things/1', '/api/nothing', '/api/'])
      expect((await ask(path)).status, path).to.equal(401);
    expect((await ask('/api/things/1', { headers: { authorization: 'Bearer wrong!' } })).status).to.equal(
      401,
    );
    expect((await ask('/api/things/1', withToken)).status).to.equal(200);
    const pass = { headers: { authorization: 'Pass /api/things/1' } };
    expect((await ask('/api/things/1', pass)).status).to.equal(200);
    expect((await ask('/api/things/2', pass)).status).to.equal(401);
  });

  it('gives routes what is in the address and in the body', async () => {
    expect((await ask('/api/things/a%20b?c=d%26e', withToken)).text).to.equal('{"id":"a b","c":"d&e"}');
    const posted = { ...withToken, method: 'POST', body: '{"n":1}' };
    expect((await ask('/api/things', posted)).text).to.equal('{"body":{"n":1}}');
    expect((await ask('/api/things', { ...posted, body: '{' })).status).to.equal(400);
    expect((await ask('/api/things', { ...posted, body: ' '.repeat(2 ** 20 + 1) })).status).to.equal(413);
  });

  it('says what is not there, and what broke', async () => {
    expect(await ask('/api/things/none', withToken)).to.include({
      status: 404,
      text: '{"error":"there is no such entry"}',
    });
    expect(await ask('/nowhere?x=y')).to.include({
      status: 404,
      text: '{"error":"there is no GET /nowhere"}',
    });
    expect(await ask('/api/fault', withToken)).to.include({ status: 500, text: '{"error":"it broke"}' });
  });

  it('passes octets on, both ways', async () => {
    expect(await ask('/api/octets', withToken)).to.include({ status: 200, text: 'ab' });
    const { status, text, headers } = await ask('/raw', { method: 'POST', body: 'abcd' });
    expect([status, text, headers.get('x-length')]).to.deep.equal([202, 'abcd', '4']);
    expect((await ask('/raw', { method: 'POST', body: 'abcde' })).status).to.equal(413);
  });

  it('names the address that is taken', async () => {
    const { port } = listener.address;
    expect((await rejection(openHttp({ ...parts, listen: { host: '127.0.0.1', port } }))).message).to.include(
      `127.0.0.1:${port}`,
    );
  });
});
