import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../support/recording-listener.ts';

describe('what a client pipelines', () => {
  it('is answered in one write', async () => {
    await withListener({}, async ({ address }) => {
      const client = connect(address.port, '127.0.0.1');
      await reads(client, /^220 /m);
      client.write('EHLO client.test\r\n');
      await reads(client, /^250 /m);
      const written = writesFrom(address.port);
      client.write(
        'MAIL FROM:<a@sender.test>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<unknown@example.com>\r\nDATA\r\n',
      );
      await reads(client, /^354 /m);
      client.destroy();
      expect(written.end()).to.have.length(1);
    });
  });
});

/** Resolves when what has come, from now on, says so. */
async function reads(client: Socket, expected: RegExp): Promise<void> {
  let text = '';
  while (!expected.test(text)) text += String((await once(client, 'data'))[0]);
}

/** What the sockets of a port write, until `end` is called. */
function writesFrom(port: number): { end(): string[] } {
  const texts: string[] = [];
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...given: Parameters<typeof write>): boolean {
    if (this.localPort === port) texts.push(String(given[0]));
    return write.apply(this, given);
  } as typeof write;
  return {
    end() {
      Reflect.deleteProperty(Socket.prototype, 'write');
      return texts;
    },
  };
}
