import { before, describe, it } from 'mocha';
import { expect } from 'chai';
import { PLAIN_FOR_MS } from '@mailpair/shared/smtp/client/tls-level';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { hopTo, message } from './fixtures.ts';
import { network, told, watch } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, sinkWith } = network();
  let certificate: { cert: string; key: string };

  before(async () => {
    certificate = await selfSigned(['mx.example.com']);
  });

  describe('when TLS fails', () => {
    it('opportunistic goes plain on a new connection, remembers it, and tries TLS again later', async () => {
      let now = 1_000;
      const warned: object[] = [];
      const log = {
        debug: () => undefined,
        warn: (_: string, fields?: object) => void warned.push(fields ?? {}),
      };
      const sink = await sinkWith({ certificate, brokenTls: true });
      const connections = connectionsWith({ messagesPerConnection: 1 }, { now: () => now, log });
      const hop = hopTo(sink.port, { host: 'mx.example.com', tls: 'opportunistic' });
      const started = (): number => sink.commands.filter((line) => line === 'STARTTLS').length;
      const [outcome] = await connections.send([hop], message());
      expect(outcome).to.deep.include({ kind: 'relayed', tls: false });
      expect([sink.sessions.length, started()]).to.deep.equal([2, 1]);
      expect(warned[0]).to.include({ host: 'mx.example.com' });
      expect(JSON.stringify(warned[0])).to.include('TLS with mx.example.com failed');
      now += PLAIN_FOR_MS - 1;
      await connections.send([hop], message());
      expect([sink.sessions.length, started()]).to.deep.equal([3, 1]);
      now += 1;
      await connections.send([hop], message());
      expect([sink.sessions.length, started()]).to.deep.equal([5, 2]);
    });

    for (const tls of ['encrypt', 'verify'] as const)
      it(`${tls} defers and names the host and the fault`, async () => {
        const sink = await sinkWith({ certificate, brokenTls: true });
        const { seen, onHop } = watch();
        const hop = hopTo(sink.port, { host: 'mx.example.com', tls });
        const [outcome] = await connectionsWith().send([hop], message(), { onHop });
        expect(outcome?.kind).to.equal('deferred');
        expect(outcome?.reply).to.include({ code: 451, enhanced: '4.7.5' });
        expect(outcome?.reply.text).to.include('mx.example.com').and.to.include(`"${tls}"`);
        expect(seen.at(-1)).to.equal('failed mx.example.com tls');
        expect(sink.messages).to.have.length(0);
      });

    it('verify relays to a host with a valid certificate', async () => {
      const sink = await sinkWith({ certificate });
      const connections = connectionsWith({}, { ca: certificate.cert });
      const outcomes = await connections.send(
        [hopTo(sink.port, { host: 'mx.example.com', tls: 'verify' })],
        message(),
      );
      expect(told(outcomes)).to.deep.equal(['relayed 250']);
    });

    it('a message with REQUIRETLS is not sent to a host that cannot prove its name', async () => {
      const sink = await sinkWith({ certificate, extensions: ['PIPELINING', 'REQUIRETLS'] });
      const hop = hopTo(sink.port, { host: 'mx.example.com', tls: 'opportunistic' });
      const outgoing = message({ requireTls: true });
      expect(told(await connectionsWith().send([hop], outgoing))).to.deep.equal(['deferred 451']);
      const trusting = connectionsWith({}, { ca: certificate.cert });
      expect(told(await trusting.send([hop], outgoing))).to.deep.equal(['relayed 250']);
      expect(sink.messages[0]?.mail).to.include(' REQUIRETLS');
    });
  });
});
