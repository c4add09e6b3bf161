/** Clients that hold sessions and send nothing worth them: who waits outside gets in, and who sends mail goes on. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { replies } from '@mailpair/shared/platform/values/reply';
import { withListener, type Recording, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo, type Dialogue } from '../../support/wire.ts';

const CONNECTIONS = 38;
const HOARDERS = 19;
const HELLO = 'S: 220\nC: EHLO client.example\nS: ...\nS: 250 ';
const BEGIN = `
  C: MAIL FROM:<a@example.com>
  S: 250 2.1.0
  C: RCPT TO:<b@example.com>
  S: 250 2.1.5
  C: DATA
  S: 354`;
const END = 'C: .\nS: 250 2.0.0';
const CLOSED = 'S: 421 4.4.2 Idle while others wait\n<close>';

const limits = { connections: CONNECTIONS, connectionsPerClient: 2 };

/** As the gate does, which keeps the last places for known clients. */
const keepsPlaces = (listener: () => Recording): RecordingOptions => ({
  limits,
  hooks: {
    admit: () => (listener().counter.total >= 0.95 * CONNECTIONS ? replies.tooManyConnections : null),
  },
});

/** All places are taken by so few addresses that no limit of theirs forbids it. */
async function hoard(listener: Recording): Promise<Dialogue[]> {
  const held: Dialogue[] = [];
  while (held.length < CONNECTIONS) {
    const localAddress = `127.0.1.${1 + (held.length % HOARDERS)}`;
    const dialogue = await connectTo(listener.address, { localAddress });
    held.push(dialogue);
    await dialogue.play(HELLO);
  }
  return held;
}

async function trickle(listener: Recording, held: readonly Dialogue[], seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    listener.clock.advance(1_000);
    for (const dialogue of held) dialogue.send('NOOP\r\n');
    for (const dialogue of held) await dialogue.play('S: 250 2.0.0');
  }
}

const sendOne = async (listener: Recording): Promise<void> => {
  const dialogue = await connectTo(listener.address, { localAddress: '127.0.2.1' });
  await dialogue.play(`${HELLO}${BEGIN}\n${END}\nC: QUIT\nS: 221\n<close>`);
};

describe('when few clients hold all sessions', () => {
  it('and say something all the time, another client is let in, and its message taken', async () => {
    await withListener({ limits }, async (listener) => {
      const held = await hoard(listener);
      expect(listener.counter.total).to.equal(CONNECTIONS);
      await trickle(listener, held, 9);
      listener.clock.advance(1_000);
      await sendOne(listener);
      expect(listener.messages).to.have.lengthOf(1);
      expect(listener.counter.total).to.be.below(0.9 * CONNECTIONS);
      expect(listener.refused.every((reply) => reply === replies.givesWay)).to.equal(true);
    });
  });

  it('and some places are kept, a stranger is let in too', async () => {
    let opened: Recording | undefined;
    await withListener(
      keepsPlaces(() => opened!),
      async (listener) => {
        opened = listener;
        const held: Dialogue[] = [];
        for (let i = 0; listener.counter.total < 0.95 * CONNECTIONS; i += 1) {
          held.push(await connectTo(listener.address, { localAddress: `127.0.1.${1 + (i % HOARDERS)}` }));
          await held[i]!.play(HELLO);
        }
        await trickle(listener, held, 9);
        listener.clock.advance(1_000);
        await sendOne(listener);
        expect(listener.messages).to.have.lengthOf(1);
      },
    );
  });

  it('a client in the middle of a message keeps its session while it sends, and loses it when it trickles', async () => {
    await withListener({ limits: { connections: 2 } }, async (listener) => {
      const [sender, dripper] = [await connectTo(listener.address), await connectTo(listener.address)];
      for (const dialogue of [sender, dripper]) await dialogue.play(`${HELLO}${BEGIN}`);
      for (let second = 0; second < 30; second += 1) {
        listener.clock.advance(1_000);
        sender.send(`${'x'.repeat(998)}\r\n`);
        dripper.send('x');
        await listener.clock.read(4);
      }
      await dripper.play(CLOSED);
      await sender.play(END);
      expect(listener.messages).to.have.lengthOf(1);
    });
  });

  it('who came a moment ago is not closed', async () => {
    await withListener({ limits: { connections: 2 } }, async (listener) => {
      const first = await connectTo(listener.address);
      await first.play(HELLO);
      const second = await connectTo(listener.address);
      await second.play(HELLO);
      const third = await connectTo(listener.address);
      await third.play('S: 421 4.3.2 Too many connections\n<close>');
      await first.play('C: NOOP\nS: 250 2.0.0');
    });
  });

  it('strangers are closed before known clients and submitters', async () => {
    const isKnown: NonNullable<RecordingOptions['hooks']>['isKnown'] = ({ client }) =>
      client.address === '127.0.0.7';
    await withListener({ limits: { connections: 3 }, hooks: { isKnown } }, async (listener) => {
      const known = await connectTo(listener.address, { localAddress: '127.0.0.7' });
      await known.play(HELLO);
      listener.clock.advance(1_000);
      const [older, newer] = [await connectTo(listener.address), await connectTo(listener.address)];
      await older.play(HELLO);
      listener.clock.advance(1_000);
      await newer.play(HELLO);
      listener.clock.advance(10_000);
      await older.play(CLOSED);
      await newer.play('C: NOOP\nS: 250 2.0.0');
      await known.play('C: NOOP\nS: 250 2.0.0');
    });
  });

  it('known clients give way last, and when no session is left', async () => {
    await withListener({ limits: { connections: 2 }, hooks: { isKnown: () => true } }, async (listener) => {
      const held = [await connectTo(listener.address), await connectTo(listener.address)];
      for (const dialogue of held) await dialogue.play(HELLO);
      for (let waited = 0; waited < 6; waited += 1) {
        listener.clock.advance(9_000);
        for (const dialogue of held) await dialogue.play('C: NOOP\nS: 250 2.0.0');
      }
      listener.clock.advance(6_001);
      await sendOne(listener);
      expect(listener.messages).to.have.lengthOf(1);
      expect(new Set(listener.refused)).to.deep.equal(new Set([replies.givesWay]));
    });
  });
});

describe('a session', () => {
  it('leads to a message in time, whatever else is said in it', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(HELLO);
      for (let times = 0; times < 8; times += 1) {
        await dialogue.play('C: RSET\nS: 250 2.0.0');
        listener.clock.advance(225_001);
      }
      await dialogue.play('S: 421 4.4.2 You took too long to send a message\n<close>');
    });
  });

  it('may last as long as messages come', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(HELLO);
      for (let turn = 0; turn < 20; turn += 1) {
        await dialogue.play(`${BEGIN}\n${END}`);
        listener.clock.advance(299_000);
        await listener.clock.read(2);
      }
      await dialogue.play('C: QUIT\nS: 221\n<close>');
    });
  });
});
