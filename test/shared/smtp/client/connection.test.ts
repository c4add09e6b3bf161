import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, before, describe, it } from 'mocha';
import { expect } from 'chai';
import { openConnection, type Connection, type OpenOptions } from '@mailpair/shared/smtp/client/connection';
import { ConnectError } from '@mailpair/shared/smtp/client/faults';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import type { NextHop } from '@mailpair/shared/platform/values/next-hop';
import { HANG_UP, openSink, SILENT, type Sink, type SinkOptions } from '../../../support/smtp-sink.ts';
import { hopTo, PATIENT } from './fixtures.ts';

describe('opening a session', () => {
  let certificate: { cert: string; key: string };
  const sinks: Sink[] = [];

  before(async () => {
    certificate = await selfSigned(['mx.example.com', '127.0.0.1']);
  });

  afterEach(async () => {
    await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  });

  async function sinkWith(options: SinkOptions = {}): Promise<Sink> {
    const sink = await openSink(options);
    sinks.push(sink);
    return sink;
  }

  function open(
    sink: { port: number },
    hop: Partial<NextHop> = {},
    more: Partial<OpenOptions> = {},
  ): Promise<Connection> {
    const address = '127.0.0.1';
    return openConnection({
      hop: hopTo(sink.port, hop),
      address,
      localName: 'out.example',
      timeouts: PATIENT,
      ...more,
    });
  }

  async function failureOf(opening: Promise<unknown>): Promise<ConnectError> {
    try {
      await opening;
    } catch (error) {
      expect(error).to.be.instanceOf(ConnectError);
      return error as ConnectError;
    }
    return expect.fail('a session was opened');
  }

  it('greets with our name and learns what the host offers', async () => {
    const sink = await sinkWith({ extensions: ['PIPELINING', 'SIZE 1234'] });
    const { extensions, tls, wire, messages } = await open(sink);
    expect(sink.commands).to.deep.equal(['EHLO out.example']);
    expect(extensions).to.include({ pipelining: true, sizeLimitBytes: 1234, dsn: false });
    expect([tls, wire.usable, messages]).to.deep.equal([null, true, 0]);
    await wire.close();
  });

  it('falls back to HELO, and then assumes nothing', async () => {
    const sink = await sinkWith({ on: { EHLO: '502 5.5.1 Unknown' } });
    const { extensions, wire } = await open(sink, { tls: 'opportunistic' });
    expect(sink.commands).to.deep.equal(['EHLO out.example', 'HELO out.example']);
    expect(extensions.pipelining).to.equal(false);
    await wire.close();
  });

  it('leaves nodemailer no part in the socket', async () => {
    const sink = await sinkWith();
    const connection = await open(sink);
    sink.sessions[0]?.say('250 2.0.0 a word to nobody');
    connection.wire.write('NOOP\r\n');
    const replies: never[] = [];
    await connection.wire.read(replies, 2, PATIENT.commandMs);
    expect(replies).to.have.length(2);
    await connection.wire.close();
  });

  it('is not ended by nodemailer for being idle', async () => {
    const timeouts = { ...PATIENT, commandMs: 200 };
    const { wire } = await open(await sinkWith(), {}, { timeouts });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(wire.usable).to.equal(true);
    await wire.close();
  });

  it('says QUIT when it is closed, and waits for the host to end', async () => {
    const sink = await sinkWith();
    const { wire } = await open(sink);
    await wire.close();
    expect(sink.commands.at(-1)).to.equal('QUIT');
  });

  it('closes although the host never answers QUIT', async () => {
    const sink = await sinkWith({ on: { QUIT: (_line, session) => (session.destroy(), SILENT) } });
    const { wire } = await open(sink);
    await wire.close();
    expect(wire.usable).to.equal(false);
  });

  describe('with TLS', () => {
    it('starts TLS when it is offered, whatever the certificate, and greets again', async () => {
      const sink = await sinkWith({ certificate });
      const { tls, extensions, wire } = await open(sink, { tls: 'opportunistic', host: 'other.example' });
      expect(sink.commands).to.deep.equal(['EHLO out.example', 'STARTTLS', 'EHLO out.example']);
      expect(tls?.version).to.match(/^TLSv1\.[23]$/);
      expect(tls?.cipher).to.match(/^TLS_/);
      expect(extensions.pipelining).to.equal(true);
      await wire.close();
    });

    it('never starts it at level none', async () => {
      const sink = await sinkWith({ certificate });
      const { tls, wire } = await open(sink, { tls: 'none' });
      expect([tls, sink.commands.length]).to.deep.equal([null, 1]);
      await wire.close();
    });

    it('goes on without it when opportunistic and not offered', async () => {
      const { tls, wire } = await open(await sinkWith(), { tls: 'opportunistic' });
      expect(tls).to.equal(null);
      await wire.close();
    });

    it('goes on in the same session when opportunistic and STARTTLS is refused', async () => {
      const sink = await sinkWith({ certificate, on: { STARTTLS: '454 4.7.0 Not now' } });
      const { tls, extensions, wire } = await open(sink, { tls: 'opportunistic' });
      expect([tls, extensions.pipelining, sink.sessions.length]).to.deep.equal([null, true, 1]);
      await wire.close();
    });

    it('fails at level encrypt when it is not offered', async () => {
      const sink = await sinkWith({ on: { STARTTLS: '502 5.5.1 Unknown' } });
      const { stage, kind, message } = await failureOf(
        open(sink, { tls: 'encrypt', host: 'mx.example.com' }),
      );
      expect([stage, kind]).to.deep.equal(['tls', 'tls']);
      expect(message).to.include('mx.example.com').and.to.include('502 5.5.1 Unknown');
    });

    it('takes any certificate at level encrypt', async () => {
      const { tls, wire } = await open(await sinkWith({ certificate }), {
        tls: 'encrypt',
        host: 'other.example',
      });
      expect(tls).not.to.equal(null);
      await wire.close();
    });

    it('refuses a certificate nobody vouches for at level verify', async () => {
      const sink = await sinkWith({ certificate });
      const { stage, message } = await failureOf(open(sink, { tls: 'verify', host: 'mx.example.com' }));
      expect(stage).to.equal('tls');
      expect(message).to.include('self-signed');
    });

    it('refuses a certificate of another name at level verify', async () => {
      const sink = await sinkWith({ certificate });
      const opening = open(sink, { tls: 'verify', host: 'other.example' }, { ca: certificate.cert });
      const { stage, message } = await failureOf(opening);
      expect(stage).to.equal('tls');
      expect(message).to.include('other.example');
    });

    it('takes a certificate of the right name from a trusted authority at level verify', async () => {
      const sink = await sinkWith({ certificate });
      const { tls, wire } = await open(
        sink,
        { tls: 'verify', host: 'mx.example.com' },
        { ca: certificate.cert },
      );
      expect(tls).not.to.equal(null);
      await wire.close();
    });

    it('verifies the certificate of an address by that address', async () => {
      const sink = await sinkWith({ certificate });
      const { tls, wire } = await open(sink, { tls: 'verify' }, { ca: certificate.cert });
      expect(tls).not.to.equal(null);
      await wire.close();
    });

    it('speaks TLS from the first byte where the port does', async () => {
      const sink = await sinkWith({ certificate, implicitTls: true });
      const { tls, wire } = await open(sink, { tls: 'encrypt', implicitTls: true });
      expect(tls).not.to.equal(null);
      expect(sink.commands).to.deep.equal(['EHLO out.example']);
      await wire.close();
    });

    it('names TLS when the handshake breaks', async () => {
      const sink = await sinkWith({ certificate, brokenTls: true });
      const { stage, kind, message } = await failureOf(
        open(sink, { tls: 'encrypt', host: 'mx.example.com' }),
      );
      expect([stage, kind]).to.deep.equal(['tls', 'tls']);
      expect(message).to.include('TLS with mx.example.com failed');
    });

    it('names TLS when the host hangs up on STARTTLS', async () => {
      const sink = await sinkWith({ certificate, on: { STARTTLS: HANG_UP } });
      expect(await failureOf(open(sink, { tls: 'opportunistic' }))).to.include({ stage: 'tls', kind: 'tls' });
    });

    it('names TLS when a port with TLS only is none', async () => {
      const sink = await sinkWith();
      expect(await failureOf(open(sink, { tls: 'encrypt', implicitTls: true }))).to.include({ stage: 'tls' });
    });
  });

  describe('with a password', () => {
    const auth = { user: 'mailpair', password: 'secret' };

    it('authenticates over TLS', async () => {
      const sink = await sinkWith({ certificate, extensions: ['AUTH PLAIN LOGIN'] });
      const { wire } = await open(sink, { tls: 'encrypt', auth });
      expect(sink.commands.at(-1)).to.equal(
        `AUTH PLAIN ${Buffer.from('\0mailpair\0secret').toString('base64')}`,
      );
      await wire.close();
    });

    it('fails at AUTH, naming the user, when it is wrong', async () => {
      const sink = await sinkWith({ extensions: ['AUTH PLAIN'], on: { AUTH: '535 5.7.8 Wrong' } });
      const error = await failureOf(open(sink, { tls: 'none', auth }));
      expect(error).to.include({ stage: 'auth', kind: 'unavailable', temporary: false });
      expect(error.reply).to.include({ code: 535, enhanced: '5.7.8' });
      expect(error.message).to.include('"mailpair"').and.not.to.include('secret');
    });

    it('never sends it without TLS unless the level is none', async () => {
      const sink = await sinkWith({ extensions: ['AUTH PLAIN'] });
      const error = await failureOf(open(sink, { tls: 'opportunistic', auth }));
      expect(error.stage).to.equal('auth');
      expect(sink.commands).to.deep.equal(['EHLO out.example']);
    });
  });

  describe('fails', () => {
    it('when nobody listens', async () => {
      const sink = await openSink();
      await sink.close();
      const error = await failureOf(open(sink, { host: 'mx.example.com' }));
      expect(error).to.include({ stage: 'connect', kind: 'refused', temporary: true, reply: undefined });
      expect(error.message).to.include('mx.example.com [127.0.0.1]').and.to.include('ECONNREFUSED');
    });

    it('when the greeting is a refusal', async () => {
      const sink = await sinkWith({ on: { greeting: '554 5.3.2 No mail here' } });
      const error = await failureOf(open(sink));
      expect(error).to.include({ stage: 'greeting', kind: 'unavailable', temporary: false });
      expect(error.reply).to.deep.equal({ code: 554, enhanced: '5.3.2', text: 'No mail here' });
    });

    it('when the greeting is 421', async () => {
      const sink = await sinkWith({ on: { greeting: '421 4.3.2 Too busy' } });
      expect(await failureOf(open(sink))).to.include({
        stage: 'greeting',
        kind: 'unavailable',
        temporary: true,
      });
    });

    it('when the host hangs up before it greets', async () => {
      const sink = await sinkWith({ on: { greeting: HANG_UP } });
      expect(await failureOf(open(sink))).to.include({ stage: 'greeting', kind: 'lost' });
    });

    it('when the host never greets', async () => {
      const sink = await sinkWith({ on: { greeting: SILENT } });
      const timeouts = { ...PATIENT, commandMs: 30 };
      expect(await failureOf(open(sink, {}, { timeouts }))).to.include({
        stage: 'greeting',
        kind: 'timeout',
      });
    });

    it('when what listens is no mail server', async () => {
      const sink = await sinkWith({ on: { greeting: 'HTTP/1.1 400 Bad Request' } });
      expect(await failureOf(open(sink))).to.include({ stage: 'greeting' });
    });

    it('when EHLO and HELO are refused', async () => {
      const sink = await sinkWith({ on: { EHLO: '550 Bad name', HELO: '550 5.7.1 Bad name' } });
      const error = await failureOf(open(sink));
      expect(error).to.include({ stage: 'ehlo', kind: 'unavailable' });
      expect(error.reply?.code).to.equal(550);
    });

    it('when the host hangs up on EHLO', async () => {
      const sink = await sinkWith({ on: { EHLO: HANG_UP } });
      expect(await failureOf(open(sink))).to.include({ stage: 'ehlo', kind: 'lost' });
    });

    it('when more comes after EHLO than was asked for', async () => {
      const sink = await sinkWith({ on: { EHLO: '250-sink.example\r\n250 PIPELINING\r\n250 2.0.0 More' } });
      expect(await failureOf(open(sink))).to.include({ stage: 'ehlo', kind: 'lost' });
    });

    it('when the host says 421 to STARTTLS', async () => {
      const sink = await sinkWith({ certificate, on: { STARTTLS: '421 4.3.2 Closing' } });
      expect(await failureOf(open(sink, { tls: 'opportunistic' }))).to.include({ kind: 'unavailable' });
    });

    it('when the reply to EHLO never ends', async () => {
      const endless = `250-${'x'.repeat(70_000)}`;
      expect(await failureOf(open(await sinkWith({ on: { EHLO: endless } })))).to.include({ stage: 'ehlo' });
    });

    it('and leaves no connection behind', async () => {
      const sink = await sinkWith({ on: { EHLO: '421 4.3.2 Closing' } });
      await failureOf(open(sink));
      await sink.sessions[0]?.closed;
      expect(sink.open()).to.equal(0);
    });

    it('when the host does not accept in time', async () => {
      const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const opening = open({ port }, {}, { timeouts: { ...PATIENT, commandMs: 20 } });
      expect((await failureOf(opening)).kind).to.equal('timeout');
      server.close();
    });
  });
});
