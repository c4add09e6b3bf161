import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { answerLines, linesOf } from '@mailpair/shared/api/json-lines';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const linesIn = async (octets: readonly Buffer[]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const some of linesOf(Readable.from(octets) as IncomingMessage)) lines.push(...some);
  return lines;
};

describe('Lines over /api', () => {
  it('are whole, wherever chunks end', async () => {
    const octets = Buffer.from('{"a":"ü"}\n{"b":2}\n{"c":3}');
    for (let end = 0; end <= octets.length; end += 1)
      expect(await linesIn([octets.subarray(0, end), octets.subarray(end)])).to.deep.equal([
        '{"a":"ü"}',
        '{"b":2}',
        '{"c":3}',
      ]);
  });

  it('are made no faster than they are read, and no more once nobody reads', async () => {
    let made = 0;
    const ended = Promise.withResolvers<void>();
    async function* endless(): AsyncIterable<readonly string[]> {
      try {
        for (;;) {
          made += 1;
          yield ['x'.repeat(100_000)];
        }
      } finally {
        ended.resolve();
      }
    }
    const server = createServer((_, response) =>
      pipeline(answerLines(endless()).body as Readable, response, () => undefined),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = get({ host: '127.0.0.1', port, agent: false });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let before = -1;
    while (made !== before) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(made).to.be.below(1_000);
    answer.destroy();
    await ended.promise;
    server.close();
  });
});
