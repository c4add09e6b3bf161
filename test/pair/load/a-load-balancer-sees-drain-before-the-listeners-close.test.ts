/** What HAProxy does about a gateway that is told to end, step by step: its agent check, and clients that it still sends. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { openPair, type Pair } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { SmtpClient } from '../../support/smtp-client.ts';

/** So many that each worker is given some. */
const CLIENTS = 12;

for (const workers of [1, 2])
  describe(`a load balancer before a gateway with ${workers === 1 ? 'one worker' : `${workers} workers`}`, () => {
    let pair: Pair;
    let agent: number;

    before(async () => {
      [agent] = (await freePorts(1)) as [number];
      pair = await openPair({ start: [], config: { 'inbound.workers': workers } });
      pair.configure({
        'inbound.listen': [{ address: `127.0.0.1:${pair.mxIn.port}`, proxy: ['127.0.0.1'] }],
        'inbound.agent': `127.0.0.1:${agent}`,
      });
      await pair.inbound.start();
    });

    after(() => pair.close());

    async function ask(): Promise<string> {
      const socket = createConnection({ host: '127.0.0.1', port: agent });
      await once(socket, 'connect');
      let answer = '';
      for await (const piece of socket) answer += String(piece);
      return answer;
    }

    async function greeting(n: number): Promise<number> {
      const client = await SmtpClient.connect(pair.mxIn);
      client.send(`PROXY TCP4 192.0.2.${n} 192.0.2.10 56324 25\r\n`);
      const { code } = await client.greeting;
      await client.quit();
      return code;
    }

    it('sees it drain twice while its clients are still served, then the listeners close', async () => {
      const { inbound } = pair;
      expect(await ask()).to.match(/^up ready /);
      await new Promise((resolve) => setTimeout(resolve, 100)); // the first worker tells the others of it
      const stopped = inbound.stop();
      await inbound.until(() => inbound.logged('gateway.stopping').length > (workers === 1 ? 0 : workers));
      expect(await ask()).to.equal('drain\n');
      const codes = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => greeting(n + 1)));
      expect(codes).to.deep.equal(Array(CLIENTS).fill(220));
      expect(await ask()).to.equal('drain\n');
      expect(await stopped).to.equal(0);
      expect(inbound.logged('gateway.cut-off')).to.deep.equal([]);
      await eventually(
        () => greeting(1).catch(() => 'closed' as const),
        (found) => found === 'closed',
        0,
      );
    });
  });
