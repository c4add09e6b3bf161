/**
 * One of two inbound nodes behind a load balancer, or inbound beside outbound at one public address, with forty sessions. The other
 * node is within the test, and so is the balancer, which here knows no better than to send everybody to the first.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { eventually, newSecret, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { openPair, OUTBOUND, type Pair } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { openStandIn, type StandIn } from '../../support/stand-in-partner.ts';

const [FIRST, SECOND] = ['in1.example.com', 'in2.example.com'];
/** A documentation address, at which nobody listens. */
const addresses = ['192.0.2.10'];

const cases = {
  'a node behind a balancer that is full, beside one of its role': {
    other: `inbound/${SECOND}`,
    config: (own: string, others: string) => ({
      'inbound.nodes': [
        { host: FIRST, addresses: ['127.0.0.1'], url: own },
        { host: SECOND, addresses: ['127.0.0.1'], url: others },
      ],
    }),
  },
  'inbound that is full, beside outbound at the same public address': {
    other: `outbound/${OUTBOUND}`,
    config: (own: string, others: string) => ({
      'inbound.addresses': addresses,
      'inbound.nodes': [{ host: FIRST, addresses: ['127.0.0.1'], url: own }],
      'outbound.addresses': addresses,
      'outbound.nodes': [{ host: OUTBOUND, addresses: ['127.0.0.1'], url: others }],
      'load.shed': true,
    }),
  },
};

for (const [title, { other, config }] of Object.entries(cases))
  describe(title, () => {
    const own = newSecret();
    const secret = useSecret(own);
    let sibling: StandIn;
    let pair: Pair;
    let agent: number;
    let clients: SmtpClient[] = [];

    before(async () => {
      sibling = await openStandIn(other, own);
      [agent] = (await freePorts(1)) as [number];
      pair = await openPair({ start: [] });
      const { inbound } = JSON.parse(readFileSync(pair.configFile, 'utf8')) as { inbound: { http: string } };
      const url = `http://${inbound.http}`;
      pair.configure({
        ...secret.config,
        ...config(url, sibling.url),
        node: FIRST,
        'inbound.listen': [{ address: `127.0.0.1:${pair.mxIn.port}`, proxy: ['127.0.0.1'] }],
        'inbound.agent': `127.0.0.1:${agent}`,
        'inbound.workers': 1,
        'limits.connections': 40,
        'judge.mode': 'off',
      });
      await pair.inbound.start();
      sibling.meet({ role: 'inbound', node: FIRST, url });
      await untilPartner(pair, 'inbound', ({ node, state }) => other.endsWith(node) && state === 'alive');
    });
    after(async () => {
      for (const client of clients) client.destroy();
      await sibling.close();
      await pair.close();
    });

    async function clientAt(address: string): Promise<SmtpClient> {
      const client = await SmtpClient.connect(pair.mxIn);
      client.send(`PROXY TCP4 ${address} 192.0.2.10 4711 25\r\n`);
      return client;
    }

    /** The codes that 39 strangers hear, who then stay. */
    async function greetingsOfMany(first: number): Promise<number[]> {
      for (const client of clients) client.destroy();
      clients = await Promise.all(Array.from({ length: 39 }, (_, n) => clientAt(`198.51.100.${first + n}`)));
      return Promise.all(clients.map(async ({ greeting }) => (await greeting).code));
    }

    async function agentLine(): Promise<string> {
      const socket = createConnection({ host: '127.0.0.1', port: agent });
      await once(socket, 'connect');
      let answer = '';
      for await (const piece of socket) answer += String(piece);
      return answer;
    }

    it('greets every stranger while another node has room, and asks the balancer for no more', async () => {
      const codes = greetingsOfMany(1);
      await eventually(agentLine, (line) => line === 'up ready 1%\n');
      expect(await codes).to.deep.equal(Array(39).fill(220));
    });

    it('asks strangers to come back when the other node has gone, and tells the balancer its headroom', async () => {
      await sibling.close();
      await untilPartner(pair, 'inbound', ({ state }) => state !== 'alive');
      await eventually(agentLine, (line) => /^up ready \d\d+%\n$/.test(line));
      expect(await greetingsOfMany(101)).to.include(421);
    });
  });
