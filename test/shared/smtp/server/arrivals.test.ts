/** Connections that have no session yet: they are counted from the moment they are accepted, and do not wait for long. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { handshakeMs } from '@mailpair/shared/smtp/server/stress';
import { withListener, type Recording, type RecordingOptions } from '../../../support/recording-listener.ts';
import { connectTo } from '../../../support/wire.ts';

const tls: RecordingOptions = { role: 'submission', tls: 'implicit' };
const opened: Socket[] = [];

/** A connection whose client says nothing. */
async function silent({ address }: Recording, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ ...address, localAddress });
  socket.on('error', () => undefined).resume();
  opened.push(socket);
  await once(socket, 'connect');
  return socket;
}

const counts = (listener: Recording, total: number): Promise<void> =>
  untilTrue(listener, () => listener.counter.total === total);

/** The clock is read at every sweep. */
async function untilTrue({ clock }: Recording, condition: () => boolean): Promise<void> {
  while (!condition()) await clock.read(1);
}

const isServed = async (listener: Recording, localAddress: string): Promise<void> => {
  const dialogue = await connectTo(listener.address, { tls: true, localAddress });
  await dialogue.play('S: 220\nC: QUIT\nS: 221\n<close>');
};

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

describe('connections before their TLS handshake', () => {
  it('of one client are no more than its limit, and others are served', async () => {
    await withListener({ ...tls, limits: { connections: 10, connectionsPerClient: 3 } }, async (listener) => {
      for (let i = 0; i < 20; i += 1) await silent(listener);
      await untilTrue(listener, () => listener.unserved.length === 17);
      expect(new Set(listener.unserved)).to.deep.equal(new Set(['client']));
      expect(listener.counter.total).to.equal(3);
      await isServed(listener, '127.0.0.2');
    });
  });

  it('count in total, and the one too many is closed', async () => {
    await withListener({ ...tls, limits: { connections: 2 } }, async (listener) => {
      await silent(listener);
      await silent(listener, '127.0.0.2');
      await counts(listener, 2);
      await once(await silent(listener, '127.0.0.3'), 'close');
      expect(listener.unserved).to.deep.equal(['total']);
    });
  });

  it('end after half a minute, whatever trickles in', async () => {
    await withListener(tls, async (listener) => {
      const socket = await silent(listener);
      await counts(listener, 1);
      const closed = once(socket, 'close');
      for (const octet of [0x16, 0x03, 0x01]) {
        listener.clock.advance(10_000);
        socket.write(Buffer.from([octet]));
        await listener.clock.read(2);
      }
      expect(listener.counter.total).to.equal(1);
      listener.clock.advance(1);
      await closed;
      expect(listener.unserved).to.deep.equal(['handshake-timeout']);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('end the sooner the fewer sessions are left', async () => {
    await withListener({ ...tls, limits: { connections: 10 } }, async (listener) => {
      for (let i = 0; i < 9; i += 1) await silent(listener);
      await counts(listener, 9);
      listener.clock.advance(5_001);
      // As they go, the others have more time again.
      await untilTrue(listener, () => listener.unserved.length > 0);
      expect(listener.counter.total).to.be.below(9);
    });
  });

  it('are counted once with their session, and out when it ends', async () => {
    await withListener({ ...tls, limits: { connectionsPerClient: 1 } }, async (listener) => {
      const dialogue = await connectTo(listener.address, { tls: true });
      await dialogue.play('S: 220');
      expect(listener.counter.total).to.equal(1);
      await once(await silent(listener), 'close');
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 1);
      expect(listener.counter.total).to.equal(0);
      await isServed(listener, '127.0.0.1');
    });
  });

  it('are counted out when the handshake fails, and when the client goes', async () => {
    await withListener(tls, async (listener) => {
      const failing = await silent(listener);
      failing.write('this is no ClientHello\r\n');
      await untilTrue(listener, () => listener.unserved.length === 1);
      (await silent(listener)).destroy();
      await untilTrue(listener, () => listener.unserved.length === 2);
      expect(listener.unserved).to.deep.equal(['handshake-failed', 'handshake-failed']);
      expect(listener.counter.total).to.equal(0);
    });
  });
});

describe('connections that owe a PROXY header', () => {
  const proxied: RecordingOptions = { isBalancer: () => true };
  const header = (source: string): string => `PROXY TCP4 ${source} 192.0.2.10 56324 465\r\n`;

  it('are bounded in total, not by their balancer', async () => {
    await withListener(
      { ...proxied, limits: { connections: 3, connectionsPerClient: 1 } },
      async (listener) => {
        for (let i = 0; i < 3; i += 1) await silent(listener);
        await counts(listener, 3);
        await once(await silent(listener), 'close');
        expect(listener.unserved).to.deep.equal(['total']);
      },
    );
  });

  it('are counted by the client that is named, once', async () => {
    await withListener({ ...proxied, limits: { connectionsPerClient: 1 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      dialogue.send(header('192.0.2.7'));
      await dialogue.play('S: 220');
      expect(listener.counter.total).to.equal(1);
      expect(Object.fromEntries(listener.counter.counts())).to.include({ '192.0.2.7': 1 });
      const second = await connectTo(listener.address);
      second.send(header('192.0.2.7'));
      await second.play('S: 421 4.7.0 Too many connections from your address\n<close>');
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 2);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('are counted by that client before the handshake, too', async () => {
    await withListener({ ...tls, ...proxied, limits: { connectionsPerClient: 2 } }, async (listener) => {
      for (let i = 0; i < 5; i += 1) (await silent(listener)).write(header('192.0.2.7'));
      await untilTrue(listener, () => listener.unserved.length === 3);
      expect(listener.counter.total).to.equal(2);
      const other = await silent(listener);
      other.write(header('192.0.2.8'));
      await counts(listener, 3);
    });
  });
});

describe('connections of strangers', () => {
  it('count by their network before the handshake, too', async () => {
    const options: RecordingOptions = {
      tls: 'implicit',
      isBalancer: () => true,
      limits: { connectionsPerNetwork: 1 },
    };
    await withListener(options, async (listener) => {
      for (const host of [7, 8])
        (await silent(listener)).write(`PROXY TCP4 192.0.2.${host} 192.0.2.10 56324 465\r\n`);
      await untilTrue(listener, () => listener.unserved.length === 1);
      expect(listener.unserved).to.deep.equal(['network']);
      expect(listener.counter.total).to.equal(1);
    });
  });
});

describe('a handshake after STARTTLS', () => {
  it('is waited for no longer than any other', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220\nC: STARTTLS\nS: 220');
      listener.clock.advance(30_001);
      await dialogue.play('<close>');
      await listener.until(() => listener.closed.length === 1);
      expect(listener.counter.total).to.equal(0);
    });
  });
});

describe('the time for a handshake', () => {
  it('is half a minute up to half of the sessions, and five seconds from four fifths on', () => {
    expect([0, 0.5, 0.7, 0.8, 1, 2].map(handshakeMs)).to.deep.equal([
      30_000, 30_000, 13_333, 5_000, 5_000, 5_000,
    ]);
  });
});
