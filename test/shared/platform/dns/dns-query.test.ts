import { once } from 'node:events';
import dgram from 'node:dgram';
import { expect } from 'chai';
import packets from 'dns-packet';
import { after, before, describe, it } from 'mocha';
import { DnsSilence } from '@mailpair/shared/platform/dns/dns-exchange';
import { queryDns } from '@mailpair/shared/platform/dns/dns-query';
import type { DnsType } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsReply } from '@mailpair/shared/platform/dns/dns-query';
import { startDns, type TestDns } from '../../../support/dns-server.ts';

const LONG = `v=DKIM1; p=${'A'.repeat(700)}`;

describe('queryDns', () => {
  let dns: TestDns;

  before(async () => {
    dns = await startDns({
      'example.com': {
        MX: [
          [10, 'MX1.example.com'],
          [0, '.'],
        ],
        TXT: ['short', LONG],
        AAAA: ['2001:0db8::0001'],
      },
      'alias.example.com': { CNAME: ['example.com'] },
      'refused.example.com': 'REFUSED',
      'silent.example.com': 'TIMEOUT',
      'garbage.example.com': 'GARBAGE',
    });
  });
  after(() => dns.close());

  const at = (address: string): { host: string; port: number } => ({
    host: '127.0.0.1',
    port: Number(address.split(':')[1]),
  });

  const ask = (name: string, type: DnsType, timeoutMs = 5_000): Promise<DnsReply> =>
    queryDns(at(dns.address), { name, type }, { timeoutMs, recursion: false });

  const silenceOf = (answer: Promise<unknown>): Promise<string> =>
    answer.then(
      (value) => expect.fail(JSON.stringify(value)),
      (error: unknown) => {
        expect(error).to.be.instanceOf(DnsSilence);
        return (error as Error).message;
      },
    );

  it('gives records in one form, whatever the server wrote', async () => {
    expect((await ask('example.com', 'MX')).records).to.deep.equal([
      { name: 'example.com', type: 'MX', ttl: 60, value: { preference: 10, exchange: 'mx1.example.com' } },
      { name: 'example.com', type: 'MX', ttl: 60, value: { preference: 0, exchange: '' } },
    ]);
    expect((await ask('example.com', 'AAAA')).records[0]?.value).to.equal('2001:db8::1');
  });

  it('gives an answer that is truncated whole, over TCP', async () => {
    expect((await ask('example.com', 'TXT')).records.map(({ value }) => value)).to.deep.equal([
      'short',
      LONG,
    ]);
    expect(dns.queries.at(-1)).to.deep.include({ type: 'TXT', over: 'tcp' });
  });

  it('gives the alias on the way', async () => {
    const { records } = await ask('alias.example.com', 'AAAA');
    expect(records.map(({ type, value }) => [type, value])).to.deep.equal([
      ['CNAME', 'example.com'],
      ['AAAA', '2001:db8::1'],
    ]);
  });

  it('gives the code of the reply and whether the server speaks for the zone', async () => {
    expect(await ask('nowhere.example.com', 'A')).to.deep.equal({
      rcode: 'NXDOMAIN',
      authoritative: true,
      authenticated: false,
      signed: false,
      records: [],
    });
    expect((await ask('refused.example.com', 'A')).rcode).to.equal('REFUSED');
  });

  it('tells silence, nonsense and a closed port apart, and none of them is an answer', async () => {
    const { address } = dns;
    expect(await silenceOf(ask('silent.example.com', 'A', 200))).to.equal(
      `${address} gives no answer in time`,
    );
    expect(await silenceOf(ask('garbage.example.com', 'A'))).to.equal(`${address} answers nonsense`);
    const gone = await startDns();
    await gone.close();
    const refused = queryDns(
      at(gone.address),
      { name: 'x', type: 'A' },
      { timeoutMs: 2_000, recursion: true },
    );
    expect(await silenceOf(refused)).to.include('refuses the connection');
  });

  it('reads TLSA and CAA records, and sees signatures and the AD flag', async () => {
    const server = dgram.createSocket('udp4');
    server.on('message', (message, from) => {
      const query = packets.decode(message);
      const question = query.questions[0]!;
      const data =
        question.type === 'TLSA'
          ? { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('AB01', 'hex') }
          : { flags: 0, tag: 'issue', value: 'ca.example' };
      const rrsig = {
        typeCovered: question.type,
        algorithm: 13,
        labels: 2,
        originalTTL: 60,
        expiration: 2,
        inception: 1,
        keyTag: 1,
        signersName: 'example.com',
        signature: Buffer.alloc(64),
      };
      const answers = [
        { name: question.name, type: question.type, ttl: 60, data },
        { name: question.name, type: 'RRSIG', ttl: 60, data: rrsig },
      ];
      const flags = packets.RECURSION_AVAILABLE | 0x20;
      server.send(
        packets.encode({ id: query.id, type: 'response', flags, questions: query.questions, answers }),
        from.port,
        from.address,
      );
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const options = { timeoutMs: 2_000, recursion: true };
    const place = { host: '127.0.0.1', port: server.address().port };
    try {
      const reply = await queryDns(place, { name: '_25._tcp.mx.example.com', type: 'TLSA' }, options);
      expect(reply).to.deep.include({ authoritative: false, authenticated: true, signed: true });
      expect(reply.records.map(({ value }) => value)).to.deep.equal([
        { usage: 3, selector: 1, matching: 1, data: 'ab01' },
      ]);
      const caa = await queryDns(place, { name: 'mx.example.com', type: 'CAA' }, options);
      expect(caa.records[0]?.value).to.deep.equal({ flags: 0, tag: 'issue', value: 'ca.example' });
    } finally {
      server.close();
    }
  });

  it('pays no heed to answers to other questions', async () => {
    const server = dgram.createSocket('udp4');
    server.on('message', (message, from) => {
      const query = packets.decode(message);
      const reply = (id: number, address: string): Buffer =>
        packets.encode({
          id,
          type: 'response',
          flags: 0,
          questions: query.questions,
          answers: [{ name: 'example.com', type: 'A', ttl: 1, data: address }],
        });
      server.send(reply((query.id + 1) & 0xffff, '203.0.113.66'), from.port, from.address);
      server.send(reply(query.id, '192.0.2.1'), from.port, from.address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const place = { host: '127.0.0.1', port: server.address().port };
    try {
      const question = { name: 'example.com', type: 'A' } as const;
      const { records } = await queryDns(place, question, { timeoutMs: 2_000, recursion: true });
      expect(records.map(({ value }) => value)).to.deep.equal(['192.0.2.1']);
    } finally {
      server.close();
    }
  });
});
