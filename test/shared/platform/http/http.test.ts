import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { openHttp, type HttpListener, type Route } from '@mailpair/shared/platform/http/http';
import { Answer } from '@mailpair/shared/platform/http/http-answer';
import type { RefusedRequest } from '@mailpair/shared/platform/http/http-routes';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { askHttp, type HttpAnswer } from '../../../support/http-ask.ts';
import { rejection } from '../../../support/rejection.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

const routes: readonly Route[] = [
  { method: 'GET', path: '/word', access: 'public', run: () => new Answer('yes', { status: 503 }) },
  { method: 'GET', path: '/figures', access: 'monitoring', run: () => ({ figure: 1 }) },
  {
    method: 'POST',
    path: '/sealed',
    access: 'sealed',
    maxBytes: 4,
    run: ({ octets, body, client }) =>
      new Answer(octets, { status: 202, headers: { 'x-body': typeof body, 'x-client': client } }),
  },
  {
    method: 'GET',
    path: '/api/things/:id',
    run: ({ params, query }) => (params['id'] === 'none' ? undefined : { ...params, ...query }),
  },
  { method: 'POST', path: '/api/things', run: ({ body }) => ({ body }) },
  { method: 'DELETE', path: '/api/things/:id', run: ({ params }) => params },
  { method: 'GET', path: '/api/octets', run: () => new Answer(Readable.from(['a', 'b'])) },
  {
    method: 'GET',
    path: '/api/fault',
    run: () => {
      throw new Error('it broke');
    },
  },
];

describe('the HTTP listener', () => {
  let listener: HttpListener;
  let isAllowed = false;
  const refused: RefusedRequest[] = [];
  const sockets: Socket[] = [];
  const parts = {
    listen: { host: '127.0.0.1', port: 0 },
    routes,
    token: 'secret',
    passes: (given: string, { method, url }: { method: string; url: string }) =>
      given === `Pass ${method} ${url}` ? hashOf('{"n":1}') : undefined,
    allows: () => isAllowed,
    isOwnHost: (name: string) => ['127.0.0.1', 'mx-in.example.com', '2001:db8::1'].includes(name),
    refused: (what: RefusedRequest) => void refused.push(what),
  };

  before(async () => {
    listener = await openHttp(parts);
  });
  after(() => listener.close());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    refused.splice(0);
    isAllowed = false;
  });

  const ask = (
    path: string,
    more: Omit<Parameters<typeof askHttp>[0], 'port' | 'path'> = {},
  ): Promise<HttpAnswer> => askHttp({ port: listener.address.port, path, ...more });
  const bearer = { authorization: 'Bearer secret' };
  const json = { 'content-type': 'application/json' };
  const statusOf = async (...asked: Parameters<typeof ask>): Promise<number> => (await ask(...asked)).status;

  it('answers a public route to everybody, by any name and from any page', async () => {
    const hosts = [undefined, 'evil.example', 'mx-in.example.com:8025', 'a, b', ''];
    for (const host of hosts) {
      const headers = { ...(host !== undefined && { host }), origin: 'https://evil.example' };
      expect(await ask('/word', { headers, setHost: false })).to.include({ status: 503, text: 'yes' });
    }
    expect(await ask('/word', { method: 'HEAD' })).to.include({ status: 503, text: '' });
    expect(refused).to.deep.equal([]);
  });

  it('takes HTTP/1.0 without a Host, as load balancers send it', async () => {
    expect(await wordsFrom('GET /word HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 503 [^]*yes$/);
    expect(await wordsFrom('GET /figures HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 421 /);
  });

  async function wordsFrom(sent: string): Promise<string> {
    const socket = createConnection(listener.address.port, '127.0.0.1').setEncoding('latin1');
    sockets.push(socket);
    let said = '';
    socket.on('data', (piece: string) => (said += piece)).on('error', () => undefined);
    socket.write(sent);
    await once(socket, 'close');
    return said;
  }

  it('answers what is for operators only to the token, or to a pass', async () => {
    const path = '/api/things/1';
    for (const authorization of ['', 'Bearer', 'Bearer wrong!', 'bearer secret', 'Basic c2VjcmV0'])
      expect(await statusOf(path, { headers: { authorization } }), authorization).to.equal(401);
    expect(await statusOf(path)).to.equal(401);
    expect(await statusOf(path, { method: 'HEAD' })).to.equal(401);
    expect(await statusOf(path, { headers: bearer })).to.equal(200);
    isAllowed = true;
    expect(await statusOf(path), 'an address in http.allow is no operator').to.equal(401);
    expect((await ask(path)).headers['www-authenticate']).to.match(/^Bearer /);
    expect(refused[0]).to.deep.equal({ reason: 'credentials', client: '127.0.0.1', target: path });
  });

  it('goes by the route that it found, however the target is written', async () => {
    for (const path of [
      ...['/%61pi/things/1', '/ap%69/things/1', '/%61%70%69/things/1', '/api%2Fthings/1', '/api/things/%31'],
      ...['//api/things/1', '/./api/things/1', '/x/../api/things/1', '/API/things/1', '/api;/things/1'],
      ...['http://x/api/things/1', 'http://127.0.0.1/api/things/1', '*', 'api/things/1', '?/api/things/1'],
    ])
      expect(await statusOf(path), path).to.be.oneOf([400, 401, 404]);
    expect(await statusOf('/%61pi/things/1')).to.equal(401);
    expect(await statusOf('http://127.0.0.1/api/things/1', { headers: bearer })).to.equal(400);
    expect(await statusOf('/%E0%A4%A', { headers: bearer })).to.equal(404);
  });

  it('answers no route that says nothing of its access without credentials', async () => {
    for (const { method, path, access } of routes)
      if (access === undefined) expect(await statusOf(path, { method }), path).to.equal(401);
  });

  it('lets monitoring in by the token, a pass or its address', async () => {
    expect(await ask('/figures')).to.include({ status: 401 });
    expect((await ask('/figures')).text).to.include('http.allow');
    expect(await statusOf('/figures', { headers: bearer })).to.equal(200);
    isAllowed = true;
    expect(await ask('/figures')).to.include({ status: 200, text: '{"figure":1}' });
  });

  it('takes a pass for one body', async () => {
    const headers = { ...json, authorization: 'Pass POST /api/things' };
    const post = (body: string) => ask('/api/things', { method: 'POST', headers, body });
    expect(await post('{"n":1}')).to.include({ status: 200, text: '{"body":{"n":1}}' });
    expect((await post('{"n":2}')).status).to.equal(401);
    expect((await post('')).status).to.equal(401);
    expect(await statusOf('/api/things/2', { headers })).to.equal(401);
  });

  it('is asked by its own names and addresses only', async () => {
    for (const host of [
      'localhost',
      'LOCALHOST:8025',
      '127.0.0.1',
      'mx-in.example.com',
      '[2001:DB8::1]:8025',
    ])
      expect(await statusOf('/api/things/1', { headers: { ...bearer, host } }), host).to.equal(200);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '192.0.2.1',
      'a b',
      'mx-in.example.com@evil.example',
    ])
      expect(await statusOf('/api/things/1', { headers: { ...bearer, host } }), host).to.equal(421);
    isAllowed = true;
    expect(await statusOf('/figures', { headers: { host: 'evil.example' } }), 'DNS rebinding').to.equal(421);
    expect(await statusOf('/sealed', { method: 'POST', headers: { host: 'evil.example' } })).to.equal(421);
    expect(await wordsFrom('GET /figures HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).to.match(
      /^HTTP\/1\.1 421 /,
    );
    const twice =
      'GET /figures HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect(await wordsFrom(twice)).to.match(/^HTTP\/1\.1 4(00|21) /);
  });

  it('is asked by no web page from elsewhere', async () => {
    const host = `127.0.0.1:${listener.address.port}`;
    const from = (headers: Record<string, string>) =>
      statusOf('/api/things/1', { headers: { ...bearer, host, ...headers } });
    for (const origin of ['http://evil.example', 'null', `https://${host}`, 'http://127.0.0.1:1', ''])
      expect(await from({ origin }), origin).to.equal(403);
    expect(await from({ origin: `http://${host}` })).to.equal(200);
    for (const site of ['cross-site', 'same-site'])
      expect(await from({ 'sec-fetch-site': site })).to.equal(403);
    for (const site of ['none', 'same-origin']) expect(await from({ 'sec-fetch-site': site })).to.equal(200);
  });

  it('takes no body but JSON that says so', async () => {
    const post = (type: string | undefined, body: string) =>
      ask('/api/things', {
        method: 'POST',
        body,
        headers: { ...bearer, ...(type !== undefined && { 'content-type': type }) },
      });
    expect(await post('application/json; charset=utf-8', '{"n":1}')).to.include({ text: '{"body":{"n":1}}' });
    for (const type of [
      undefined,
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      '',
    ])
      expect((await post(type, '{"n":1}')).status, type).to.equal(415);
    expect((await post(undefined, '')).status).to.equal(200);
    expect((await post('application/json', '{')).status).to.equal(400);
    expect((await post('application/json', ' '.repeat(2 ** 20 + 1))).status).to.equal(413);
    const chunked = { ...bearer, 'transfer-encoding': 'chunked', 'content-type': 'text/plain' };
    expect(await statusOf('/api/things', { method: 'POST', headers: chunked, body: '{}' })).to.equal(415);
  });

  it('gives routes what is in the address', async () => {
    const { text } = await ask('/api/things/a%20b?c=d%26e', { headers: bearer });
    expect(text).to.equal('{"id":"a b","c":"d&e"}');
    expect(await statusOf('/api/things/a?c=d&c=e', { headers: bearer })).to.equal(400);
  });

  it('says what is not there, and what broke', async () => {
    expect(await ask('/api/things/none', { headers: bearer })).to.include({
      status: 404,
      text: '{"error":"there is no such entry"}',
    });
    expect(await ask('/nowhere?x=y')).to.include({
      status: 404,
      text: '{"error":"there is no GET /nowhere"}',
    });
    expect(await ask('/api/fault', { headers: bearer })).to.include({
      status: 500,
      text: '{"error":"it broke"}',
    });
    expect(await statusOf('/word', { method: 'POST' })).to.equal(404);
  });

  it('passes octets on, both ways', async () => {
    expect(await ask('/api/octets', { headers: bearer })).to.include({ status: 200, text: 'ab' });
    expect(await ask('/api/octets', { headers: bearer, method: 'HEAD' })).to.include({
      status: 200,
      text: '',
    });
    const post = (body: string) => ask('/sealed', { method: 'POST', headers: json, body });
    const { status, text, headers } = await post('{abc');
    expect([status, text, headers['x-body'], headers['x-client']]).to.deep.equal([
      202,
      '{abc',
      'undefined',
      '127.0.0.1',
    ]);
    expect((await post('abcde')).status).to.equal(413);
  });

  it('lets a browser keep, frame and guess nothing', async () => {
    expect((await ask('/word')).headers).to.include({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  it('names the address that is taken', async () => {
    const { port } = listener.address;
    expect((await rejection(openHttp({ ...parts, listen: { host: '127.0.0.1', port } }))).message).to.include(
      `127.0.0.1:${port}`,
    );
  });
});
