import { before, describe, it } from 'mocha';
import { expect } from 'chai';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { replies } from '@mailpair/shared/platform/values/reply';
import { HANG_UP, type Sink, type SinkOptions } from '../../../support/smtp-sink.ts';
import { hopTo, message } from './fixtures.ts';
import { afterOne, network, told, watch } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, gate, sinkWith } = network();
  let certificate: { cert: string; key: string };

  before(async () => {
    certificate = await selfSigned(['mx.example.com']);
  });

  it('tells what the host said, which host, and whether over TLS and with DSN', async () => {
    const sink = await sinkWith({ certificate });
    const outcomes = await connectionsWith().send(
      [hopTo(sink.port, { host: 'mx.example.com', tls: 'opportunistic' })],
      message(),
    );
    expect(outcomes).to.deep.equal([
      {
        recipient: 'user@example.com',
        kind: 'relayed',
        reply: { code: 250, enhanced: '2.0.0', text: 'Taken' },
        stage: 'message',
        host: 'mx.example.com',
        tls: true,
        dsn: true,
      },
    ]);
  });

  it('defers when there is no host at all', async () => {
    expect(told(await connectionsWith().send([], message()))).to.deep.equal(['deferred 451']);
  });

  it('says nothing to a host when the message may not begin any more, and keeps its session', async () => {
    const sink = await sinkWith();
    const connections = connectionsWith();
    const hops = [hopTo(sink.port), hopTo(sink.port, { tls: 'opportunistic' })];
    const [outcome] = await connections.send(hops, message(), { mayBegin: () => false });
    expect(outcome).to.include({ kind: 'deferred', reply: replies.notBegun });
    await connections.send(hops, message(), { mayBegin: () => true });
    expect([sink.messages.length, sink.sessions.length]).to.deep.equal([1, 1]);
    expect(sink.commands.filter((line) => line.startsWith('MAIL'))).to.have.length(1);
  });

  describe('keeps sessions', () => {
    it('and uses them again', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith();
      for (let count = 0; count < 3; count += 1) await connections.send([hopTo(sink.port)], message());
      expect([sink.messages.length, sink.sessions.length]).to.deep.equal([3, 1]);
      expect(connections.state()).to.deep.equal([{ hop: hopTo(sink.port), open: 1, idle: 1, waiting: 0 }]);
    });

    it('apart for hops that differ in TLS or user', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      await connections.send([hopTo(sink.port, { tls: 'opportunistic' })], message());
      expect(sink.sessions).to.have.length(2);
    });

    it('for so many messages and no more', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith({ messagesPerConnection: 2 });
      for (let count = 0; count < 3; count += 1) await connections.send([hopTo(sink.port)], message());
      expect(sink.messages.map(({ session }) => session.number)).to.deep.equal([1, 1, 2]);
      expect(sink.commands.filter((line) => line === 'QUIT')).to.have.length(1);
    });

    it('for so long and no longer', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith({ idleMs: 20 });
      await connections.send([hopTo(sink.port)], message());
      await sink.next('QUIT');
      await sink.sessions[0]?.closed;
      expect(connections.state()).to.deep.equal([]);
    });

    it('until the host ends them, without a word', async () => {
      const sink = await sinkWith();
      const logged: string[] = [];
      const log = {
        debug: (text: string) => void logged.push(text),
        warn: (text: string) => void logged.push(text),
      };
      const connections = connectionsWith({}, { log });
      await connections.send([hopTo(sink.port)], message());
      sink.sessions[0]?.say('421 4.4.2 Idle too long');
      sink.sessions[0]?.end();
      await sink.sessions[0]?.closed;
      expect(connections.state()).to.deep.equal([]);
      expect(told(await connections.send([hopTo(sink.port)], message()))).to.deep.equal(['relayed 250']);
      expect(logged).to.deep.equal([]);
    });

    it('until the host says something unasked', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      sink.sessions[0]?.say('421 4.3.2 Going down');
      await sink.sessions[0]?.closed;
      expect(connections.state()).to.deep.equal([]);
    });

    for (const [what, options] of [
      ['answers 503', { on: { MAIL: afterOne('503 5.5.1 Out of order', '250 2.1.0 OK') } }],
      ['answers 421', { on: { MAIL: afterOne('421 4.4.2 Idle', '250 2.1.0 OK') } }],
      ['hangs up', { on: { RCPT: afterOne(HANG_UP, '250 2.1.5 OK') } }],
    ] as [string, SinkOptions][])
      it(`and says it again on a fresh one when a kept one ${what}`, async () => {
        const sink = await sinkWith(options);
        const connections = connectionsWith({ connectionsPerHop: 1 });
        const { seen, onHop } = watch();
        await connections.send([hopTo(sink.port)], message());
        const outcomes = await connections.send([hopTo(sink.port)], message(), { onHop });
        expect(told(outcomes)).to.deep.equal(['relayed 250']);
        expect(seen).to.deep.equal(['started 127.0.0.1', 'succeeded 127.0.0.1']);
        expect([sink.sessions.length, sink.messages.length]).to.deep.equal([2, 2]);
        expect(connections.state()).to.deep.equal([{ hop: hopTo(sink.port), open: 1, idle: 1, waiting: 0 }]);
      });

    it('and says it again only once', async () => {
      const sink = await sinkWith({
        on: {
          MAIL: (_line, { number, messages }) =>
            number === 1 && messages === 0 ? '250 OK' : '503 5.5.1 Out',
        },
      });
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      expect(told(await connections.send([hopTo(sink.port)], message()))).to.deep.equal(['deferred 503']);
      expect(sink.sessions).to.have.length(2);
    });

    it('and never says it again once the dot was sent', async () => {
      const sink = await sinkWith({ on: { message: afterOne(HANG_UP, '250 2.0.0 Taken') } });
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      const [outcome] = await connections.send([hopTo(sink.port), hopTo(sink.port)], message());
      expect(outcome?.kind).to.equal('deferred');
      expect(outcome?.reply.text).to.include('may have arrived');
      expect(sink.sessions).to.have.length(1);
    });
  });

  describe('limits sessions', () => {
    it('to a hop, and serves who waits in order', async () => {
      const hold = gate();
      const sink = await sinkWith({ on: { message: async () => (await hold.happened, '250 2.0.0 Taken') } });
      const connections = connectionsWith({ connectionsPerHop: 1 });
      const arrived = sink.next('message');
      const sending = ['1', '2', '3', '4', '5'].map((name) =>
        connections.send([hopTo(sink.port)], message({ reversePath: `${name}@example.org` })),
      );
      await arrived;
      expect(connections.state()[0]).to.include({ open: 1, waiting: 4 });
      hold.happen();
      for (const outcomes of await Promise.all(sending))
        expect(told(outcomes)).to.deep.equal(['relayed 250']);
      expect(sink.sessions).to.have.length(1);
      const order = sink.messages.map(({ mail }) => Number(/\d/.exec(mail)?.[0]));
      expect(order).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it('in total, ending an idle one of another hop', async () => {
      const first = await sinkWith();
      const second = await sinkWith();
      const connections = connectionsWith({ connectionsTotal: 1 });
      await connections.send([hopTo(first.port)], message());
      expect(told(await connections.send([hopTo(second.port)], message()))).to.deep.equal(['relayed 250']);
      await first.sessions[0]?.closed;
      expect(first.commands.at(-1)).to.equal('QUIT');
      expect(connections.state().map(({ open }) => open)).to.deep.equal([1]);
    });

    it('in total, not counting one that has ended', async () => {
      const hold = gate();
      const ended = await sinkWith();
      const busy = await sinkWith({ on: { message: async () => (await hold.happened, '250 2.0.0 Taken') } });
      const other = await sinkWith();
      const connections = connectionsWith({ connectionsTotal: 1 });
      await connections.send([hopTo(ended.port)], message());
      ended.sessions[0]?.end();
      await ended.sessions[0]?.closed;
      const arrived = busy.next('message');
      const first = connections.send([hopTo(busy.port)], message());
      await arrived;
      const second = connections.send([hopTo(other.port)], message());
      expect(connections.state().map(({ open, waiting }) => [open, waiting])).to.deep.equal([
        [1, 0],
        [0, 1],
      ]);
      hold.happen();
      await Promise.all([first, second]);
      expect(other.messages).to.have.length(1);
    });

    it('in total, first come, first served over all hops', async () => {
      const hold = gate();
      const order: string[] = [];
      const busy = await sinkWith({ on: { message: async () => (await hold.happened, '250 2.0.0 Taken') } });
      const other = await sinkWith();
      const connections = connectionsWith({ connectionsTotal: 1 });
      const send = async (sink: Sink, name: string): Promise<void> => {
        await connections.send([hopTo(sink.port)], message());
        order.push(name);
      };
      const arrived = busy.next('message');
      const sending = [send(busy, 'first'), send(other, 'second'), send(busy, 'third')];
      await arrived;
      hold.happen();
      await Promise.all(sending);
      expect(order).to.deep.equal(['first', 'second', 'third']);
    });

    it('and defers who has no turn in time, saying nothing about the host', async () => {
      const hold = gate();
      const sink = await sinkWith({ on: { message: async () => (await hold.happened, '250 2.0.0 Taken') } });
      const connections = connectionsWith({ connectionsPerHop: 1 });
      const arrived = sink.next('message');
      const first = connections.send([hopTo(sink.port)], message());
      await arrived;
      const { seen, onHop } = watch();
      const [outcome] = await connections.send([hopTo(sink.port)], message(), { timeoutMs: 10, onHop });
      expect(outcome?.reply).to.include({ code: 451, enhanced: '4.4.5' });
      expect(seen).to.deep.equal(['started 127.0.0.1', 'abandoned 127.0.0.1']);
      expect(connections.state()[0]).to.include({ waiting: 0 });
      hold.happen();
      expect(told(await first)).to.deep.equal(['relayed 250']);
    });

    it('and tells all who wait when there is no session with a host, asking it once', async () => {
      const sink = await sinkWith({ on: { greeting: '421 4.3.2 Busy' } });
      const connections = connectionsWith({ connectionsPerHop: 1 });
      const sending = [1, 2, 3].map(() => connections.send([hopTo(sink.port)], message()));
      for (const outcomes of await Promise.all(sending))
        expect(told(outcomes)).to.deep.equal(['deferred 421']);
      expect(sink.sessions).to.have.length(1);
      expect(connections.state()).to.deep.equal([]);
    });
  });

  describe('closing', () => {
    it('says QUIT on idle sessions', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      await connections.close();
      expect(sink.commands.at(-1)).to.equal('QUIT');
      expect(connections.state()).to.deep.equal([]);
    });

    it('lets what is under way finish, and defers who waits and who comes later', async () => {
      const hold = gate();
      const sink = await sinkWith({ on: { message: async () => (await hold.happened, '250 2.0.0 Taken') } });
      const connections = connectionsWith({ connectionsPerHop: 1 });
      const arrived = sink.next('message');
      const first = connections.send([hopTo(sink.port)], message());
      const waiting = connections.send([hopTo(sink.port)], message());
      await arrived;
      const closing = connections.close();
      expect((await waiting)[0]?.reply.enhanced).to.equal('4.3.2');
      expect((await connections.send([hopTo(sink.port)], message()))[0]?.reply.enhanced).to.equal('4.3.2');
      hold.happen();
      expect(told(await first)).to.deep.equal(['relayed 250']);
      await closing;
      expect(sink.commands.at(-1)).to.equal('QUIT');
    });
  });
});
