import { composeLetter, digestOf, readLetter, sizeOf } from '@mailpair/proving/loopback/message';
import { drawKind, planTraffic } from '@mailpair/proving/rehearse/traffic';
import { faultNames, planScenario, usualShares } from '@mailpair/proving/rehearse/scenario';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const letter = {
  id: 'm7',
  from: 'carl@example.net',
  to: ['anna@example.com'],
  sizeBytes: 3000,
  writtenAt: 0,
};

describe('a letter of a rehearsal', () => {
  const octets = composeLetter(letter);

  it('is the same each time, of about its size, and a message like any other', () => {
    expect(composeLetter(letter)).to.deep.equal(octets);
    expect(octets.length).to.be.within(3000, 3100);
    const head = octets.toString().split('\r\n\r\n')[0]!;
    expect(head)
      .to.match(/^X-Rehearsal-Id: m7\r\n/)
      .and.include('Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n');
    expect(octets.toString()).to.not.match(/(?<!\r)\n|\r(?!\n)/);
  });

  it('is known again behind what was put before it, octet for octet', () => {
    const relayed = Buffer.concat([Buffer.from('Received: from a\r\n\tby b\r\n'), octets]);
    expect(readLetter(relayed, letter.from)).to.deep.equal({ id: 'm7', digest: digestOf(octets) });
    relayed[relayed.length - 5]! ^= 1;
    expect(readLetter(relayed, letter.from).digest).to.not.equal(digestOf(octets));
  });

  it('is known in a notice about it, with the recipients that failed and no others', () => {
    const notice = [
      'Content-Type: multipart/report\r\n',
      'Reporting-MTA: dns; mx-out.example.com\r\n',
      'Final-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n',
      'Final-Recipient: rfc822; anna@example.net\r\nAction: delayed\r\nStatus: 4.0.0\r\n',
      octets.toString(),
    ].join('\r\n');
    expect(readLetter(Buffer.from(notice), '')).to.include({ id: 'm7' });
    expect(readLetter(Buffer.from(notice), '').failed).to.deep.equal(['nobody@example.net']);
  });

  it('is mostly small, and sometimes too large to be kept in memory', () => {
    const sizes = Array.from({ length: 100 }, (_, number) => sizeOf(number));
    expect(sizes.filter((size) => size > 256 * 1024)).to.have.length(2);
    expect(sizes.filter((size) => size <= 4096).length).to.be.above(50);
  });
});

describe('the traffic of a rehearsal', () => {
  const pair = {
    domains: ['example.com'],
    correspondents: { usual: ['usual1.rehearsal.test'], fresh: ['fresh1.rehearsal.test'] },
  };
  const scenario = planScenario({ phases: faultNames, shares: usualShares });
  let seed = 1;
  const chance = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const departures = planTraffic(scenario, pair, chance);

  it('is as many messages as were asked for, spread over the time, a third of them outward', () => {
    expect(departures).to.have.length(scenario.messages);
    expect(departures.every(({ atMs }, index) => atMs >= (departures[index - 1]?.atMs ?? 0))).to.equal(true);
    expect(departures.at(-1)!.atMs).to.be.within(scenario.trafficMs * 0.99, scenario.trafficMs);
    expect(departures.filter(({ message }) => message.direction === 'out')).to.have.length(400);
    expect(new Set(departures.map(({ message }) => message.id)).size).to.equal(scenario.messages);
  });

  it('knows who does not exist: much of spam, a little of other mail', () => {
    const unknown = (kind: string): number => {
      const mine = departures.filter(({ sender }) => sender === kind);
      return mine.filter(({ message }) => message.unknown.length > 0).length / mine.length;
    };
    expect(unknown('spammer')).to.be.within(0.5, 0.85);
    expect(unknown('postfix')).to.be.within(0.001, 0.1);
    for (const { message } of departures)
      for (const address of message.to)
        expect(address.startsWith('nobody')).to.equal(message.unknown.includes(address));
  });

  it('goes to names that nobody has looked up only while the resolver is away', () => {
    const slots = departures
      .filter(({ message }) => message.to.some((address) => address.endsWith('fresh1.rehearsal.test')))
      .map(({ message }) => message.slot);
    expect(new Set(slots)).to.deep.equal(new Set(['resolver']));
  });

  it('is shared among the kinds of senders as asked', () => {
    const draws = Array.from({ length: 100 }, (_, index) => drawKind(usualShares, index / 100));
    expect(draws.filter((kind) => kind === 'postfix')).to.have.length(60);
    expect(draws.filter((kind) => kind === 'spammer')).to.have.length(10);
    const none = { postfix: 0, exim: 0, qmail: 3, spammer: 0 };
    expect([0, 0.5, 0.999].map((draw) => drawKind(none, draw))).to.deep.equal(['qmail', 'qmail', 'qmail']);
  });
});
