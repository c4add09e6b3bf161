/** A message larger than `limits.memoryPerMessage` goes to a file where the spool can take it over. */
import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { MOST_HEADER_BYTES } from '@mailpair/shared/smtp/server/beginning';
import { replies } from '@mailpair/shared/platform/values/reply';
import { dotStuff } from '../../support/dot-stuff.ts';
import { withListener } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const DATA = `
  S: 220
  C: EHLO client.example
  S: ...
  S: 250 
  C: MAIL FROM:<a@example.com> BODY=8BITMIME
  C: RCPT TO:<b@example.com>
  C: DATA
  S: 250 2.1.0
  S: 250 2.1.5
  S: 354`;
const limits = { memoryPerMessageBytes: 65_536 };

/** A field, and lines of random octets, many with a dot in front. */
function largeMessage(lines: number): Buffer {
  const line = (): Buffer => Buffer.from(randomBytes(300).filter((octet) => ![0, 10, 13].includes(octet)));
  const dots = ['', '.', '..'];
  return Buffer.concat([
    Buffer.from('X: y\r\n\r\n'),
    ...Array.from({ length: lines }, (_, i) => [
      Buffer.from(dots[i % 3]!),
      line(),
      Buffer.from('\r\n'),
    ]).flat(),
  ]);
}

describe('a message too large for memory', () => {
  it('is in a file, the same to the last octet, and the file is gone when nobody took it', async () => {
    await withListener({ limits }, async (listener) => {
      const message = largeMessage(4_000);
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(dotStuff(message));
      await dialogue.play('S: 250 2.0.0');
      await dialogue.gone();
      const [received] = listener.messages;
      expect(received!.body.path).to.be.a('string');
      expect(received!.octets.equals(message)).to.equal(true);
      expect(received!.body).to.include({ sizeBytes: message.length, eightBit: true, hops: 0 });
      await listener.filesAre(0);
    });
  });

  it('belongs to whoever renamed its file', async () => {
    const hooks = {
      message: async (_envelope: unknown, { path = '' }: { path?: string }) => {
        renameSync(path, `${path}-taken`);
        return replies.queued('m1');
      },
    };
    await withListener({ limits, hooks }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(dotStuff(largeMessage(500)));
      await dialogue.play('S: 250 2.0.0\nC: NOOP\nS: 250\n<gone>');
      await listener.until(() => listener.closed.length === 1);
      expect(listener.files()).to.have.lengthOf(1);
      expect(listener.files()[0]).to.match(/-taken$/);
    });
  });

  it('leaves no file when it is refused', async () => {
    await withListener({ limits, smtp: { maxMessageBytes: 100_000 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(dotStuff(largeMessage(1_000)));
      await dialogue.play('S: 552 5.3.4\nC: NOOP\nS: 250\n<gone>');
      await listener.filesAre(0);
      expect(listener.messages).to.deep.equal([]);
    });
  });

  it('leaves no file when its client disappears, and no message', async () => {
    await withListener({ limits }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(largeMessage(1_000));
      await listener.filesAre(1);
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 1);
      await listener.filesAre(0);
      expect(listener.messages).to.deep.equal([]);
      expect(listener.faults).to.deep.equal([]);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it("is the hook's to keep when the client disappears while the hook has it", async () => {
    const hook = Promise.withResolvers<void>();
    const paths: string[] = [];
    const hooks = {
      message: async (_envelope: unknown, { path = '' }: { path?: string }) => {
        paths.push(path);
        await hook.promise;
        renameSync(path, `${path}-taken`);
        return replies.queued('m1');
      },
    };
    await withListener({ limits, hooks }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(dotStuff(largeMessage(500)));
      await listener.until(() => paths.length === 1);
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 1);
      expect(listener.files()).to.have.lengthOf(1);
      hook.resolve();
      await new Promise(setImmediate);
      expect(listener.files()[0]).to.match(/-taken$/);
      expect(listener.faults).to.deep.equal([]);
    });
  });
});

describe('a message that finds room in the memory of all', () => {
  const roomy = { memoryPerMessageBytes: 0, memoryForMessagesBytes: 10_000_000 };

  it('is in memory, the same to the last octet, by DATA and by BDAT, and the memory is given back', async () => {
    await withListener({ limits: roomy }, async (listener) => {
      const message = largeMessage(4_000);
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      dialogue.send(dotStuff(message));
      await dialogue.play(`
        S: 250 2.0.0
        C: MAIL FROM:<a@example.com> BODY=8BITMIME
        C: RCPT TO:<b@example.com>
        S: 250 2.1.0
        S: 250 2.1.5`);
      const half = Math.floor(message.length / 2);
      dialogue.send(Buffer.concat([Buffer.from(`BDAT ${half}\r\n`), message.subarray(0, half)]));
      await dialogue.play('S: 250');
      dialogue.send(
        Buffer.concat([Buffer.from(`BDAT ${message.length - half} LAST\r\n`), message.subarray(half)]),
      );
      await dialogue.play('S: 250 2.0.0');
      await dialogue.gone();
      for (const { body, octets } of listener.messages) {
        expect(body.path).to.equal(undefined);
        expect(body.isTransparent).to.equal(false);
        expect(octets.equals(message)).to.equal(true);
      }
      expect(listener.messages).to.have.length(2);
      expect(listener.options.room.lentBytes).to.equal(0);
    });
  });

  it('gives it back when it is refused, and when its client disappears', async () => {
    await withListener({ limits: roomy }, async (listener) => {
      const { room } = listener.options;
      const refused = await connectTo(listener.address);
      await refused.play(DATA);
      refused.send(Buffer.concat([largeMessage(500), Buffer.from('bare\nline\r\n.\r\n')]));
      await refused.play('S: 5');
      expect(room.lentBytes).to.equal(0);
      const gone = await connectTo(listener.address);
      await gone.play(DATA);
      gone.send(largeMessage(500));
      while (room.lentBytes === 0) await new Promise(setImmediate);
      await gone.gone();
      while (room.lentBytes > 0) await new Promise(setImmediate);
    });
  });
});

describe('a header section that is too large', () => {
  it('refuses the message and no other', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(DATA);
      const fields = (bytes: number): Buffer => Buffer.from('X: 567\r\n'.repeat(bytes / 8));
      dialogue.send(Buffer.concat([fields(MOST_HEADER_BYTES), Buffer.from('\r\nHello\r\n.\r\n')]));
      await dialogue.play(`
        S: 552 5.3.4
        C: MAIL FROM:<a@example.com>
        C: RCPT TO:<b@example.com>
        C: DATA
        S: 250 2.1.0
        S: 250 2.1.5
        S: 354`);
      const most = MOST_HEADER_BYTES - 8;
      dialogue.send(Buffer.concat([fields(most), Buffer.from('\r\nHello\r\n.\r\n')]));
      await dialogue.play('S: 250 2.0.0');
      await dialogue.gone();
      expect(listener.messages.map(({ octets }) => octets.length)).to.deep.equal([most + 9]);
    });
  });
});
