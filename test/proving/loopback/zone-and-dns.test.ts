/** The DNS of a rehearsal, asked as gateways and senders ask it. */
import { freePorts, loopbackNetwork } from '@mailpair/proving/loopback/network';
import { answerQuery } from '@mailpair/proving/loopback/dns-answer';
import { createDnsServer, type LoopbackDns } from '@mailpair/proving/loopback/dns-server';
import { composeZone, type Zone } from '@mailpair/proving/loopback/zone';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';

const zone: Zone = composeZone(
  {
    zones: [
      {
        zone: 'example.com',
        records: [
          {
            name: 'example.com',
            ttl: 60,
            type: 'MX',
            values: [
              { preference: 10, exchange: 'mx-in.example.com' },
              { preference: 20, exchange: 'mx-out.example.com' },
            ],
          },
          { name: 'mx-in.example.com', ttl: 60, type: 'A', values: ['192.0.2.10'] },
        ],
      },
    ],
    elsewhere: [],
  },
  new Map([
    ['MX-in.example.com', ['127.8.9.10', '127.8.9.11']],
    ['mx-out.example.com', ['127.8.9.30']],
  ]),
);

describe('the DNS of a rehearsal', () => {
  let server: LoopbackDns;
  let resolver: ReturnType<typeof createResolver>;
  before(async () => {
    const address = `${await loopbackNetwork()}.1`;
    const [port = 0] = await freePorts(address.replace(/\.1$/, ''), 1);
    server = createDnsServer({ address, port }, zone);
    await server.start();
    resolver = createResolver({ servers: [`${address}:${port}`], timeoutMs: 1000 });
  });
  after(async () => {
    resolver.close();
    await server.stop();
  });

  it('has the planned MX records, and loopback addresses instead of the planned ones', async () => {
    expect(await resolver.resolveMx('example.com')).to.have.deep.members([
      { preference: 10, exchange: 'mx-in.example.com' },
      { preference: 20, exchange: 'mx-out.example.com' },
    ]);
    expect(await resolver.resolveAddresses('Mx-In.example.com')).to.deep.equal(['127.8.9.10', '127.8.9.11']);
    expect(await resolver.resolvePtr('127.8.9.11')).to.deep.equal(['mx-in.example.com']);
  });

  it('tells a name without such records from one that is not there', async () => {
    for (const [name, kind] of [
      ['mx-in.example.com', 'no-data'],
      ['com', 'no-data'],
      ['nobody.example.com', 'no-such-domain'],
    ] as const) {
      const fault = await resolver.resolveMx(name).catch((error: unknown) => error);
      expect(fault, name).to.include({ kind });
    }
  });

  it('passes over what is no query', () => {
    for (const octets of ['', '0001', '00010100000100000000000003', '000181000001000000000000000001000100'])
      expect(answerQuery(Buffer.from(octets, 'hex'), zone)).to.equal(undefined);
  });

  it('is silent when it is stopped, and is back on its port', async () => {
    await server.stop();
    const fault = await resolver.resolveMx('late.example.com').catch((error: unknown) => error);
    expect(fault).to.include({ kind: 'temporary' });
    await server.start();
    const answer = await resolver.resolveMx('late.example.com').catch((error: unknown) => error);
    expect(answer).to.include({ kind: 'no-such-domain' });
  });
});
