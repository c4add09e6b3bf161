import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { askHttp, type Asked, type HttpAnswer } from '../../support/http-ask.ts';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** Without the text of the target being `/api/…`, which a check of the text would look for. */
const spellings: readonly ((path: string) => string)[] = [
  (path) => `/api${path}`,
  (path) => `/%61pi${path}`,
  (path) => `/a%70i${path}`,
  (path) => `/ap%69${path}`,
  (path) => `/%61%70%69${path}`,
  (path) => `http://x/api${path}`,
  (path) => `http://127.0.0.1/%61pi${path}`,
  (path) => `//api${path}`,
  (path) => `/healthz/../api${path}`,
  (path) => `/healthz/..%2fapi${path}`,
];

describe('the API wants a token, however it is asked', () => {
  const pair = usePair({ config: { routes: { '*': 'smtp://127.0.0.1:1' } } });
  let id: string;

  const portOf = (role: 'inbound' | 'outbound'): number => {
    const config = JSON.parse(readFileSync(pair().configFile, 'utf8')) as Record<string, { http: string }>;
    return Number(config[role]!.http.split(':')[1]);
  };
  const ask = (path: string, more: Partial<Asked> = {}): Promise<HttpAnswer> =>
    askHttp({ port: portOf('outbound'), path, ...more });
  const bearer = () => ({
    authorization: `Bearer ${readFileSync(join(pair().directory, 'outbound', 'api-token'), 'utf8').trim()}`,
  });
  const queued = async (): Promise<readonly { id: string }[]> =>
    ((await pair().get('outbound', '/api/queue')) as { items: { id: string }[] }).items;

  before(async () => {
    const client = await SmtpClient.greet(pair().submission);
    const { octets } = composeMessage('plain', { from: 'anna@example.com', to: ['bert@sender.test'] });
    await client.say('MAIL FROM:<anna@example.com>');
    await client.say('RCPT TO:<bert@sender.test>');
    expect(await client.data(octets)).to.include({ code: 250 });
    client.destroy();
    [{ id } = { id: '' }] = await eventually(queued, ({ length }) => length === 1);
  });

  it('gives nothing away and changes nothing without one', async () => {
    const questions: readonly [method: string, path: string][] = [
      ['GET', '/queue'],
      ['GET', '/status'],
      ['GET', `/queue/${id}`],
      ['GET', `/queue/${id}/message`],
      ['HEAD', `/queue/${id}/message`],
      ['DELETE', `/queue/${id}`],
      ['POST', '/queue/hold?all=true'],
      ['GET', '/queue/lines'],
      ['GET', '/records'],
      ['GET', '/quarantine'],
      ['POST', '/bans?network=192.0.2.0/24&forMs=1000&reason=x'],
      ['POST', '/bayes/examples'],
    ];
    for (const [method, path] of questions)
      for (const spell of spellings) {
        const { status, text } = await ask(spell(path), { method });
        expect(status, `${method} ${spell(path)}`).to.be.oneOf([400, 401, 404]);
        expect(text).not.to.include('example.com');
      }
    expect(await ask(`/%61pi/queue/${id}`, { method: 'DELETE' })).to.include({ status: 401 });
    expect((await queued()).map((entry) => entry.id)).to.deep.equal([id]);
    expect(await pair().get('outbound', '/api/bans')).to.deep.equal({ bans: [] });
  });

  it('obeys no web page, even one that has the token', async () => {
    const hold = (headers: Record<string, string>, body = '') =>
      ask('/api/queue/hold?all=true', { method: 'POST', headers: { ...bearer(), ...headers }, body });
    expect((await hold({ origin: 'http://evil.example' })).status).to.equal(403);
    expect((await hold({ host: 'rebound.evil.example' })).status).to.equal(421);
    expect((await hold({ 'content-type': 'text/plain' }, '{}')).status).to.equal(415);
    expect((await hold({ 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect((await hold({})).status).to.equal(200);
  });

  it('tells everybody one word, and details to those in http.allow', async () => {
    for (const role of ['inbound', 'outbound'] as const) {
      const port = portOf(role);
      const headers = { host: 'anything.example', origin: 'null' };
      expect(await askHttp({ port, path: '/healthz', headers })).to.include({ status: 200, text: 'alive\n' });
      expect(await askHttp({ port, path: '/readyz', headers })).to.include({ status: 200, text: 'ready\n' });
      const rebound = await askHttp({ port, path: '/healthz/details', headers: { host: 'evil.example' } });
      expect(rebound.status).to.equal(421);
      expect(JSON.parse((await askHttp({ port, path: '/healthz/details' })).text)).to.include({
        role,
        ready: true,
      });
    }
    pair().configure({ 'http.allow': ['192.0.2.1'] });
    pair().outbound.signal('SIGHUP');
    await pair().outbound.until(({ event }) => event === 'gateway.reloaded');
    for (const path of ['/metrics', '/healthz/details']) expect((await ask(path)).status, path).to.equal(401);
    expect(await ask('/healthz')).to.include({ status: 200 });
    expect((await ask('/metrics', { headers: bearer() })).text).to.include('mailpair_http_refused_total');
  });

  it('logs who was refused, each reason once a minute, and goes on beside idle connections', async () => {
    const [line, ...more] = pair()
      .outbound.logged('http.refused')
      .filter(({ reason }) => reason === 'credentials');
    expect(line).to.include({ level: 'warn', client: '127.0.0.1' });
    expect(more).to.deep.equal([]);
    const idle = Array.from({ length: 100 }, () =>
      createConnection(portOf('outbound'), '127.0.0.1').on('error', () => undefined),
    );
    const refused = await pair().outbound.until(
      ({ event, reason }) => event === 'http.refused' && reason === 'connections',
    );
    expect(refused).to.include({ client: '127.0.0.1' });
    for (const socket of idle) socket.destroy();
    await eventually(
      () =>
        ask('/readyz').then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
    );
  });
});
