/** With no memory left, one large message is taken at a time, and the others are deferred with 452 4.3.1. Small ones are taken. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener, type Recording, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const LARGE = `X: y\r\n\r\n${'0123456789abcdef0123456789abcd\r\n'.repeat(6_400)}`;
const GREETING = `
  S: 220
  C: EHLO client.example
  S: ...
  S: 250 `;
const BEGIN = `
  C: MAIL FROM:<a@example.com>
  C: RCPT TO:<b@example.com>
  C: DATA
  S: 250 2.1.0
  S: 250 2.1.5
  S: 354`;

const BEGIN_LARGE = BEGIN.replace('com>', `com> SIZE=${LARGE.length}`);

type Dialogue = Awaited<ReturnType<typeof connectTo>>;

/** While somebody else is in the middle of a large message. */
async function withOneUnderWay(
  options: RecordingOptions,
  body: (listener: Recording, dialogue: Dialogue, other: Dialogue) => Promise<void>,
): Promise<void> {
  await withListener({ ...options, leftBytes: () => 0 }, async (listener) => {
    const other = await connectTo(listener.address);
    await other.play(`${GREETING}${BEGIN_LARGE}`);
    const dialogue = await connectTo(listener.address);
    await dialogue.play(GREETING);
    await body(listener, dialogue, other);
    await dialogue.gone();
    await other.gone();
  });
}

describe('a listener whose memory runs out', () => {
  it('defers a large message at MAIL, and takes it when the other one is done with', async () => {
    const told: number[] = [];
    const hooks = { noRoom: (sizeBytes: number) => void told.push(sizeBytes) };
    await withOneUnderWay({ hooks }, async (listener, dialogue, other) => {
      await dialogue.play(`
        C: MAIL FROM:<a@example.com> SIZE=${LARGE.length}
        S: 452 4.3.1`);
      expect(told).to.deep.equal([LARGE.length]);
      other.send(Buffer.from(`${LARGE}.\r\n`));
      await other.play('S: 250 2.0.0');
      await dialogue.play(BEGIN_LARGE);
      dialogue.send(Buffer.from(`${LARGE}.\r\n`));
      await dialogue.play('S: 250 2.0.0');
      expect(listener.messages.map(({ octets }) => octets.length)).to.deep.equal([
        LARGE.length,
        LARGE.length,
      ]);
    });
  });

  it('defers it after the final dot when no size was said, and the session goes on', async () => {
    await withOneUnderWay({}, async (listener, dialogue) => {
      await dialogue.play(BEGIN);
      dialogue.send(Buffer.from(`${LARGE}.\r\n`));
      await dialogue.play(`S: 452 4.3.1${BEGIN}`);
      dialogue.send(Buffer.from('X: y\r\n\r\nsmall\r\n.\r\n'));
      await dialogue.play('S: 250 2.0.0');
      expect(listener.messages.map(({ octets }) => octets.toString())).to.deep.equal([
        'X: y\r\n\r\nsmall\r\n',
      ]);
      expect(listener.options.room.lentBytes).to.equal(0);
    });
  });

  it('defers it at DATA when the room went after MAIL', async () => {
    await withListener({ leftBytes: () => 0 }, async (listener) => {
      const [one, other] = [await connectTo(listener.address), await connectTo(listener.address)];
      const mail = `
        C: MAIL FROM:<a@example.com> SIZE=${LARGE.length}
        C: RCPT TO:<b@example.com>
        S: 250 2.1.0
        S: 250 2.1.5`;
      for (const dialogue of [one, other]) await dialogue.play(`${GREETING}${mail}`);
      await one.play(`
        C: DATA
        S: 354`);
      await other.play(`
        C: DATA
        S: 452 4.3.1`);
      await one.gone();
      await other.gone();
    });
  });

  it('defers it in chunks too, and reads what comes', async () => {
    await withOneUnderWay({}, async (listener, dialogue) => {
      await dialogue.play(`
        C: MAIL FROM:<a@example.com>
        C: RCPT TO:<b@example.com>
        S: 250 2.1.0
        S: 250 2.1.5`);
      dialogue.send(Buffer.from(`BDAT ${LARGE.length} LAST\r\n${LARGE}`));
      await dialogue.play(`S: 452 4.3.1${BEGIN}`);
      expect(listener.messages).to.deep.equal([]);
    });
  });

  it('says of a message that is too big that it never will be taken', async () => {
    const smtp = { maxMessageBytes: LARGE.length };
    await withOneUnderWay({ smtp }, async (_, dialogue) => {
      await dialogue.play(BEGIN);
      dialogue.send(Buffer.from(`${LARGE}more\r\n.\r\n`));
      await dialogue.play('S: 552 5.3.4');
    });
  });
});
