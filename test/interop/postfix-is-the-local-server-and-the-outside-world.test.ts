/** Both gateways between two Debian Postfix: one holds the mailboxes of example.com, one is everybody else. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage, type Shape, type TestMessage } from '../support/messages.ts';
import { INBOUND, openPair, OUTBOUND, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { sendOnce } from '../support/senders.ts';
import { needPostfix, openPostfix, type Arrival, type Postfix } from './postfix-instance.ts';

const LOCAL = 'mail.example.com';
const WORLD = 'mail.example.net';

/** Lines beyond 998 octets are left out, because Postfix breaks them (RFC 5321 §4.5.3.1.6). */
const shapes: readonly Shape[] = [
  'plain',
  'multipart',
  '8-bit',
  'every octet',
  'dots',
  'blanks at line ends',
  'empty body',
  'no header but the mark',
  'middling',
  '10 MB',
  'UTF-8 address',
  'DSN parameters',
];

describe('Postfix is the local server and the outside world', () => {
  let pair: Pair;
  let local: Postfix;
  let world: Postfix;

  before(async function () {
    needPostfix(this);
    const [localPort, worldPort] = (await freePorts(2)) as [number, number];
    pair = await openPair({
      config: {
        localServers: [{ address: `127.0.0.1:${localPort}`, tls: 'encrypt' }],
        routes: { '*': `smtp://127.0.0.1:${worldPort}?tls=encrypt` },
      },
    });
    local = await openPostfix({
      host: LOCAL,
      port: localPort,
      domain: 'example.com',
      recipients: ['anna@example.com', 'bert@example.com', 'carla@example.com'],
      relayPort: pair.submission.port,
    });
    world = await openPostfix({
      host: WORLD,
      port: worldPort,
      domain: 'example.net',
      recipients: ['xaver@example.net', 'yvonne@example.net', 'zoe@example.net'],
      relayPort: pair.mxIn.port,
    });
  });

  after(async () => {
    // Undefined when skipped, or when one of them did not start.
    await (local as Postfix | undefined)?.close();
    await (world as Postfix | undefined)?.close();
    await (pair as Pair | undefined)?.close();
  });

  /** Hands messages to a Postfix and waits for their copies at the other. */
  async function pass(from: Postfix, to: Postfix, messages: readonly TestMessage[]): Promise<Arrival[]> {
    const there = (await to.arrivals()).length;
    for (const message of messages) {
      const { accepted } = await sendOnce({ host: '127.0.0.1', port: from.port }, message);
      expect([...accepted.keys()]).to.have.members([...message.to]);
    }
    const copies = messages.reduce((sum, message) => sum + message.to.length, 0);
    const ids = new Set(messages.map(({ id }) => id));
    return (await to.until(there + copies)).filter(({ id }) => ids.has(id));
  }

  const directions = {
    'from the outside world by inbound to the local server': {
      hops: [LOCAL, INBOUND, WORLD],
      from: 'xaver@example.net',
      to: ['anna@example.com', 'bert@example.com', 'carla@example.com'],
      way: () => [world, local] as const,
    },
    'from the local server by outbound to the outside world': {
      hops: [WORLD, OUTBOUND, LOCAL],
      from: 'anna@example.com',
      to: ['xaver@example.net', 'yvonne@example.net', 'zoe@example.net'],
      way: () => [local, world] as const,
    },
  };

  for (const [direction, { hops, from, to, way }] of Object.entries(directions))
    describe(direction, () => {
      for (const shape of shapes)
        it(`${shape} arrives once and octet for octet`, async () => {
          const message = composeMessage(shape, { from, to: to.slice(0, 1) });
          const arrived = await pass(...way(), [message]);
          expect(arrived.map(({ to, digest }) => [to, digest])).to.deep.equal([[to[0], message.digest]]);
        });

      it('each of several recipients gets one copy', async () => {
        const message = composeMessage('plain', { from, to });
        const arrived = await pass(...way(), [message]);
        expect(arrived.map((arrival) => arrival.to)).to.have.members(to);
        for (const { digest } of arrived) expect(digest).to.equal(message.digest);
      });

      it('both hops are by TLS', async () => {
        const [arrival] = await pass(...way(), [composeMessage('plain', { from, to: to.slice(0, 1) })]);
        expect(received(arrival!.head)).to.deep.equal(
          hops.map((by, i) => ({ by, with: i === 2 ? 'ESMTP' : 'ESMTPS' })),
        );
      });
    });

  it('an unknown recipient is refused at RCPT: the sending Postfix bounces, the gateway sends nothing', async () => {
    const there = (await world.arrivals()).length;
    const message = composeMessage('plain', { from: 'zoe@example.net', to: ['nobody@example.com'] });
    await sendOnce({ host: '127.0.0.1', port: world.port }, message);
    const bounce = (await world.until(there + 1)).find(
      ({ to, head }) => to === 'zoe@example.net' && head.includes(message.id),
    );
    expect(bounce?.head).to.match(/^Reporting-MTA: dns; mail\.example\.net$/m);
    expect(bounce?.head).to.match(/^Status: 5\.1\.1$/m);
    expect(bounce?.head).to.match(/in reply to RCPT TO\s+command/);
    const refused = await pair.inbound.until(({ event }) => event === 'recipient.refused');
    expect(refused).to.deep.include({ recipient: 'nobody@example.com' });
    expect(refused.reply).to.include({ code: 550, enhanced: '5.1.1' });
    const metrics = await pair.get('inbound', '/metrics');
    expect(metrics).to.match(/^mailpair_queue_entries\{.*\} 0$/m);
    expect(metrics).not.to.match(/^mailpair_dsns_total\{/m);
    expect(await local.log()).to.match(/NOQUEUE: reject: RCPT .* 550 5\.1\.1 <nobody@example\.com>/);
  });

  it('a recipient that the outside world refuses is bounced by outbound to its sender at the local server', async () => {
    const there = (await local.arrivals()).length;
    const message = composeMessage('plain', { from: 'bert@example.com', to: ['nobody@example.net'] });
    await sendOnce({ host: '127.0.0.1', port: local.port }, message);
    const notice = (await local.until(there + 1)).find(
      ({ to, head }) => to === 'bert@example.com' && head.includes(message.id),
    );
    expect(notice?.head).to.match(/^Return-Path: <>$/m);
    expect(notice?.head).to.match(/^Reporting-MTA: dns; *mx-out\.example\.com$/im);
    expect(notice?.head).to.match(/^Final-Recipient: rfc822; *nobody@example\.net$/im);
    expect(notice?.head).to.match(/^Status: 5\.1\.1$/im);
    expect(await pair.get('outbound', '/metrics'), 'the other way round it would be counted').to.match(
      /^mailpair_dsns_total\{.*\} 1$/m,
    );
    expect(received(notice!.head)[0]).to.deep.equal({ by: LOCAL, with: 'ESMTPS' });
  });
});

/** Who received a message from whom, the last first. */
function received(head: string): { by: string; with: string }[] {
  const unfolded = head.replace(/\n[ \t]+/g, ' ');
  return [...unfolded.matchAll(/^Received: .*? by (\S+).*? with (\S+)/gm)].map(([, by = '', how = '']) => ({
    by,
    with: how,
  }));
}
