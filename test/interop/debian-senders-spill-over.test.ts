/**
 * Inbound has too much to do, and Debian's mail servers have mail for it. In both ways in which inbound sends them away, all
 * of them hand their mail to outbound at once: 421 in place of the greeting, and the port closed.
 *
 * Each way has its own domain and addresses, since Exim and OpenSMTPD remember hosts.
 */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Crowd, fortySessions, knock, untilDoor } from '../support/crowd.ts';
import { startDns } from '../support/dns-server.ts';
import { untilBothAlive, useSecret } from '../support/heartbeat.ts';
import { composeMessage } from '../support/messages.ts';
import { openPair, OUTBOUND, type Pair } from '../support/pair.ts';
import { printFigures } from './figures.ts';
import { openDebianSenders, senderAddress, senderNames, type DebianSenders } from './senders-of-debian.ts';

const RESOLVER = '127.0.14.54';
const AT_ONCE_MS = 15_000;

interface Way {
  readonly domain: string;
  readonly inbound: string;
  readonly outbound: string;
  /** Sessions of forty: every stranger is shed from 37 on, the door is shut at 38. */
  readonly sessions: number;
  /** What a client finds at inbound. */
  readonly found: RegExp;
}

const ways: Record<string, Way> = {
  '421 at the greeting': {
    domain: 'shed.test',
    inbound: '127.0.14.31',
    outbound: '127.0.14.41',
    sessions: 37,
    found: /^421 4\.3\.2 /,
  },
  'port closed': {
    domain: 'shut.test',
    inbound: '127.0.14.32',
    outbound: '127.0.14.42',
    sessions: 38,
    found: /ECONNREFUSED/,
  },
};

describe('an inbound with too much to do, and mail servers of Debian', () => {
  let senders: DebianSenders;
  const { config } = useSecret();
  const closing: (() => unknown)[] = [];

  before(async function () {
    const zone = Object.fromEntries(
      Object.values(ways).flatMap(({ domain, inbound, outbound }) => [
        [
          domain,
          {
            MX: [
              [10, `in.${domain}`],
              [20, `out.${domain}`],
            ],
          },
        ],
        [`in.${domain}`, { A: [inbound] }],
        [`out.${domain}`, { A: [outbound] }],
      ]),
    ) as Parameters<typeof startDns>[0];
    const dns = await startDns(zone, { host: RESOLVER, port: 53 });
    closing.push(() => dns.close());
    senders = await openDebianSenders(this, RESOLVER);
    closing.push(() => senders.close());
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  async function openFor({ domain, inbound, outbound }: Way): Promise<Pair> {
    const pair = await openPair({
      start: [],
      config: {
        ...config,
        domains: [domain],
        'inbound.listen': [`${inbound}:25`],
        'outbound.listen.mx': [`${outbound}:25`],
        ...fortySessions,
      },
    });
    await Promise.all([pair.inbound.start(), pair.outbound.start()]);
    await untilBothAlive(pair);
    return pair;
  }

  for (const [name, way] of Object.entries(ways))
    it(`${name}: all of them deliver through outbound at once, and nothing is lost`, async () => {
      const pair = await openFor(way);
      const to = [`anna@${way.domain}`];
      const target = { host: way.inbound, port: 25, name: way.domain };
      const crowd = await Crowd.meet(target, composeMessage('plain', { from: 'bert@sender.test', to }));
      try {
        await crowd.grow(way.sessions);
        await untilDoor(pair, 'inbound', way.sessions < 38 ? 'shedding' : 'shut');
        expect((await knock({ ...target, localAddress: '127.0.0.5' })).said).to.match(way.found);

        const sent = await Promise.all(
          senderNames.map(async (sender) => {
            const message = composeMessage('plain', { from: senderAddress(sender), to });
            const sentAt = Date.now();
            await senders.of[sender].send(message);
            return { sender, id: message.id, sentAt };
          }),
        );
        const { local } = pair;
        await local.until((all) => sent.every(({ id }) => all.some((each) => each.id === id)), AT_ONCE_MS);
        const took = sent.map(({ sender, id, sentAt }) => {
          const { client, at } = local.deliveries.find((each) => each.id === id)!;
          return { sender, client, ms: at - sentAt };
        });
        const figures = took.map(
          ({ sender, client, ms }) => `${sender}: ${client === OUTBOUND ? 'outbound' : client}, ${ms} ms`,
        );
        printFigures(`${name.padEnd(22)}${figures.join('  ')}`);
        for (const { client } of took) expect(client).to.equal(OUTBOUND);
        expect(local.deliveries.length, 'nothing arrived twice').to.equal(1 + sent.length);
      } finally {
        crowd.close();
        await pair.close();
      }
    });
});
