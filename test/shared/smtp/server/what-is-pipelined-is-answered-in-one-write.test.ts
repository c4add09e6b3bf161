import { Socket } from 'node:net';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../../support/recording-listener.ts';
import { connectTo } from '../../../support/wire.ts';

describe('what a client pipelines', () => {
  it('is answered in one write', async () => {
    await withListener({}, async ({ address }) => {
      const client = await connectTo(address);
      await client.play('S: 220 \nC: EHLO client.test\nS: 250-\nS: ...\nS: 250 ');
      const written = await writtenFrom(address.port, () =>
        client.play(`
          C: MAIL FROM:<a@sender.test>
          C: RCPT TO:<b@example.com>
          C: RCPT TO:<unknown@example.com>
          C: DATA
          S: 250
          S: 250
          S: 550
          S: 354
        `),
      );
      await client.gone();
      expect(written).to.have.length(1);
    });
  });
});

/** What the sockets of a port write meanwhile; a client in the same process reads several writes as one. */
async function writtenFrom(port: number, meanwhile: () => Promise<void>): Promise<string[]> {
  const texts: string[] = [];
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...given: Parameters<typeof write>): boolean {
    if (this.localPort === port) texts.push(String(given[0]));
    return write.apply(this, given);
  } as typeof write;
  try {
    await meanwhile();
    return texts;
  } finally {
    Reflect.deleteProperty(Socket.prototype, 'write');
  }
}
