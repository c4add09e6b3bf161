/**
 * What Debian's mail servers do when the first MX does not take their mail, in four ways; what spill-over is built on.
 * Each way has a domain of its own, since Exim and OpenSMTPD remember hosts.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startDns } from '../support/dns-server.ts';
import { openLocalServer, type LocalServer } from '../support/local-server.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { printFigures } from './figures.ts';
import {
  openDebianSenders,
  senderAddress,
  senderNames,
  type DebianSenders,
  type SenderName,
} from './senders-of-debian.ts';

const RESOLVER = '127.0.14.53';
/** Where the first MX of each domain is; the second is ten addresses further on. */
const firsts = {
  'taken by the first': '127.0.14.10',
  'port closed': '127.0.14.11',
  'hung up before the greeting': '127.0.14.12',
  '421 at the greeting': '127.0.14.13',
  '450 at RCPT': '127.0.14.14',
} as const;
type Way = keyof typeof firsts;
const ways = Object.keys(firsts) as Way[];
const domainOf = (way: Way): string => `way-${ways.indexOf(way)}.test`;

const secondOf = (way: Way): string => firsts[way].replace(/\d+$/, (last) => String(Number(last) + 10));

/** Long enough for a sender that goes on at once, and shorter than any retry. */
const AT_ONCE_MS = 10_000;
const NOT_AT_ONCE_MS = 3_000;

interface Taken {
  readonly by: 'first' | 'second';
  readonly afterMs: number;
}

describe('a sender whose mail the first MX does not take', function () {
  let senders: DebianSenders;
  const first = new Map<Way, LocalServer>();
  const second = new Map<Way, LocalServer>();
  const table = new Map<string, string>();
  const closing: (() => unknown)[] = [];

  before(async function () {
    const zone = Object.fromEntries(
      ways.flatMap((way) => [
        [
          domainOf(way),
          {
            MX: [
              [10, `mx-in.${domainOf(way)}`],
              [20, `mx-out.${domainOf(way)}`],
            ],
          },
        ],
        [`mx-in.${domainOf(way)}`, { A: [firsts[way]] }],
        [`mx-out.${domainOf(way)}`, { A: [secondOf(way)] }],
      ]),
    ) as Parameters<typeof startDns>[0];
    const dns = await startDns(zone, { host: RESOLVER, port: 53 });
    closing.push(() => dns.close());
    senders = await openDebianSenders(this, RESOLVER);
    closing.push(() => senders.close());
    const open = async (servers: typeof first, way: Way, host: string): Promise<LocalServer> => {
      const server = await openLocalServer({ host, port: 25 });
      closing.push(() => server.stop());
      servers.set(way, server);
      return server;
    };
    for (const way of ways) await open(second, way, secondOf(way));
    const unwelcoming = createServer({ pauseOnConnect: true });
    unwelcoming.maxConnections = 0;
    unwelcoming.listen(25, firsts['hung up before the greeting']);
    await once(unwelcoming, 'listening');
    closing.push(() => unwelcoming.close());
    await open(first, 'taken by the first', firsts['taken by the first']);
    const greets = await open(first, '421 at the greeting', firsts['421 at the greeting']);
    greets.manners = { greeting: () => '421 4.3.2 Busy, please use our other MX host' };
    const defers = await open(first, '450 at RCPT', firsts['450 at RCPT']);
    defers.manners = { rcpt: () => '450 4.1.1 Try again later' };
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
    printFigures(`${''.padEnd(30)}${senderNames.map((name) => name.padEnd(22)).join('')}`);
    for (const way of ways)
      printFigures(
        way.padEnd(30) + senderNames.map((name) => (table.get(`${way} ${name}`) ?? '-').padEnd(22)).join(''),
      );
  });

  async function send(way: Way, name: SenderName): Promise<{ message: TestMessage; sentAt: number }> {
    const message = composeMessage('plain', { from: senderAddress(name), to: [`anna@${domainOf(way)}`] });
    const sentAt = Date.now();
    await senders.of[name].send(message);
    return { message, sentAt };
  }

  /** Who took it, as soon as somebody has; null when nobody has within that time. */
  async function taken(
    way: Way,
    { id }: TestMessage,
    sentAt: number,
    withinMs: number,
  ): Promise<Taken | null> {
    const by = async (server: LocalServer | undefined, which: Taken['by']): Promise<Taken> => {
      if (!server) throw new Error('there is none');
      await server.until((deliveries) => deliveries.some((each) => each.id === id), withinMs);
      return { by: which, afterMs: server.deliveries.find((each) => each.id === id)!.at - sentAt };
    };
    return Promise.any([by(first.get(way), 'first'), by(second.get(way), 'second')]).catch(() => null);
  }

  const expectTaken = async (way: Way, name: SenderName, by: Taken['by']): Promise<void> => {
    const { message, sentAt } = await send(way, name);
    const result = await taken(way, message, sentAt, AT_ONCE_MS);
    table.set(`${way} ${name}`, result ? `${result.by}, ${result.afterMs} ms` : 'nobody');
    expect(result).to.include({ by });
  };

  for (const name of senderNames) {
    it(`${name}: hands it to the first when that takes it`, () =>
      expectTaken('taken by the first', name, 'first'));

    for (const way of ['port closed', 'hung up before the greeting', '421 at the greeting'] as const)
      it(`${name}: ${way}: goes on to the second at once`, () => expectTaken(way, name, 'second'));

    if (name !== 'OpenSMTPD')
      it(`${name}: 450 at RCPT: goes on to the second at once`, () =>
        expectTaken('450 at RCPT', name, 'second'));
  }

  it('OpenSMTPD: 450 at RCPT: waits, and loses nothing', async () => {
    const { message, sentAt } = await send('450 at RCPT', 'OpenSMTPD');
    expect(await taken('450 at RCPT', message, sentAt, NOT_AT_ONCE_MS)).to.equal(null);
    table.set('450 at RCPT OpenSMTPD', 'first, when it retries');
    first.get('450 at RCPT')!.manners = {};
    await senders.of.OpenSMTPD.flush();
    expect(await taken('450 at RCPT', message, sentAt, AT_ONCE_MS)).to.include({ by: 'first' });
  });
});
