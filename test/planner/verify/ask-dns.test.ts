import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createAsker, type AskerOptions } from '@mailpair/planner/verify/ask-dns';
import { parseDetours, straight } from '@mailpair/planner/verify/detours';
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import { DnsSilence } from '@mailpair/shared/platform/dns/dns-exchange';
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsReply } from '@mailpair/shared/platform/dns/dns-query';

const resolver = '198.51.100.53:53';
const record = (name: string, type: DnsRecord['type'], value: DnsRecord['value']): DnsRecord => ({
  name,
  type,
  ttl: 60,
  value,
});
const reply = (records: readonly DnsRecord[], more: Partial<DnsReply> = {}): DnsReply => ({
  rcode: 'NOERROR',
  authoritative: false,
  authenticated: false,
  signed: false,
  records,
  ...more,
});

/** What each server answers: by its place, then by type and name; silence where there is nothing. */
type Network = Readonly<Record<string, (question: string) => DnsReply | undefined>>;

function askerIn(network: Network, options: Partial<AskerOptions> = {}) {
  const asked: string[] = [];
  const ask = createAsker({
    resolver: null,
    servers: [resolver],
    timeoutMs: 1_000,
    isOurs: (name) => name.endsWith('example.com'),
    detours: straight,
    async query(server, { name, type }, { recursion }) {
      const place = formatHostPort(server);
      asked.push(`${place} ${type} ${name}${recursion ? ' recursively' : ''}`);
      const found = network[place]?.(`${type} ${name}`);
      if (!found) throw new DnsSilence(`${place} gives no answer in time`);
      return found;
    },
    ...options,
  });
  return { ask, asked };
}

const world = (question: string): DnsReply => {
  if (question === 'NS example.com')
    return reply([
      record('example.com', 'NS', 'ns1.example.net'),
      record('example.com', 'NS', 'ns2.example.net'),
    ]);
  if (question === 'A ns1.example.net') return reply([record('ns1.example.net', 'A', '192.0.2.1')]);
  if (question === 'A ns2.example.net') return reply([record('ns2.example.net', 'A', '192.0.2.2')]);
  return reply([], { rcode: 'NXDOMAIN' });
};
const serving = (): DnsReply =>
  reply([record('www.example.com', 'A', '192.0.2.80')], { authoritative: true });

describe('the asker of dns verify', () => {
  it('asks every name server of the zone that a name of ours lies in, without recursion', async () => {
    const { ask, asked } = askerIn({
      [resolver]: world,
      '192.0.2.1:53': serving,
      '192.0.2.2:53': serving,
    });
    const answers = await ask({ name: 'www.example.com', type: 'A' });
    expect(answers.map(({ server, lookup }) => [server, lookup.kind])).to.deep.equal([
      ['ns1.example.net (192.0.2.1:53)', 'records'],
      ['ns2.example.net (192.0.2.2:53)', 'records'],
    ]);
    expect(asked).to.include(`${resolver} NS www.example.com recursively`);
    expect(asked).to.include('192.0.2.2:53 A www.example.com');
  });

  it('looks a zone up once', async () => {
    const { ask, asked } = askerIn({ [resolver]: world, '192.0.2.1:53': serving, '192.0.2.2:53': serving });
    await Promise.all((['A', 'AAAA', 'TXT'] as const).map((type) => ask({ name: 'www.example.com', type })));
    expect(asked.filter((question) => question.includes(' NS example.com'))).to.have.length(1);
  });

  it('asks the resolvers about names of others', async () => {
    const { ask } = askerIn({ [resolver]: () => reply([record('other.example', 'TXT', 'v=spf1 -all')]) });
    const [answer] = await ask({ name: 'other.example', type: 'TXT' });
    expect(answer).to.deep.include({ server: resolver });
    expect(answer?.lookup.kind).to.equal('records');
  });

  it('takes silence and SERVFAIL for not known, of the server that is meant', async () => {
    const { ask } = askerIn({
      [resolver]: world,
      '192.0.2.1:53': () => undefined,
      '192.0.2.2:53': () => reply([], { rcode: 'SERVFAIL' }),
    });
    expect(await ask({ name: 'www.example.com', type: 'A' })).to.deep.equal([
      {
        server: 'ns1.example.net (192.0.2.1:53)',
        lookup: { kind: 'unknown', why: '192.0.2.1:53 gives no answer in time' },
      },
      { server: 'ns2.example.net (192.0.2.2:53)', lookup: { kind: 'unknown', why: 'answers SERVFAIL' } },
    ]);
  });

  it('takes a name server that refuses the zone or does not speak for it for lame', async () => {
    const { ask } = askerIn({
      [resolver]: world,
      '192.0.2.1:53': () => reply([], { rcode: 'REFUSED' }),
      '192.0.2.2:53': () => reply([]),
    });
    const answers = await ask({ name: 'www.example.com', type: 'A' });
    expect(answers.map(({ lookup }) => lookup.kind)).to.deep.equal(['lame', 'lame']);
  });

  it('takes a name server without an address for lame', async () => {
    const { ask } = askerIn({
      [resolver]: (question) => (question === 'A ns2.example.net' ? reply([]) : world(question)),
      '192.0.2.1:53': serving,
    });
    const answers = await ask({ name: 'www.example.com', type: 'A' });
    expect(answers[1]).to.deep.equal({
      server: 'ns2.example.net',
      lookup: { kind: 'lame', zone: 'example.com', why: 'has no address' },
    });
  });

  it('knows nothing when the resolver does not tell the name servers', async () => {
    const { ask } = askerIn({});
    const [answer] = await ask({ name: 'www.example.com', type: 'A' });
    expect(answer).to.deep.include({ server: resolver });
    expect(answer?.lookup.kind).to.equal('unknown');
  });

  it('gives up a server that was silent twice', async () => {
    const { ask, asked } = askerIn({ [resolver]: world, '192.0.2.1:53': serving });
    for (const type of ['A', 'AAAA', 'TXT', 'CAA'] as const) await ask({ name: 'www.example.com', type });
    expect(asked.filter((question) => question.startsWith('192.0.2.2:53'))).to.have.length(2);
  });

  it('asks the given resolver alone, and others only about what it refuses of others', async () => {
    const given = { host: '203.0.113.53', port: 5353 };
    const { ask, asked } = askerIn(
      { '203.0.113.53:5353': () => reply([], { rcode: 'REFUSED' }), [resolver]: () => reply([]) },
      { resolver: given },
    );
    const [ours] = await ask({ name: 'example.com', type: 'MX' });
    expect(ours).to.deep.equal({
      server: '203.0.113.53:5353',
      lookup: { kind: 'unknown', why: 'answers REFUSED' },
    });
    const [others] = await ask({ name: 'spf.elsewhere.example', type: 'TXT' });
    expect(others).to.deep.equal({ server: resolver, lookup: { kind: 'none', nameExists: true } });
    expect(asked.filter((question) => question.startsWith(resolver))).to.have.length(1);
  });

  it('asks nobody about a name that cannot be', async () => {
    const { ask, asked } = askerIn({});
    for (const name of [`${'a'.repeat(64)}.example`, 'a..example', ''])
      expect((await ask({ name, type: 'A' }))[0]?.lookup).to.deep.equal({ kind: 'none', nameExists: false });
    expect(asked).to.deep.equal([]);
  });

  it('connects where a detour says', async () => {
    const { ask } = askerIn(
      { [resolver]: world, '127.0.0.1:5301': serving, '127.0.0.1:5302': serving },
      { detours: parseDetours(['ns1.example.net:53=127.0.0.1:5301', '192.0.2.2:53=127.0.0.1:5302']) },
    );
    const answers = await ask({ name: 'www.example.com', type: 'A' });
    expect(answers.map(({ server }) => server)).to.deep.equal([
      'ns1.example.net (127.0.0.1:5301)',
      'ns2.example.net (127.0.0.1:5302)',
    ]);
  });
});

describe('parseDetours', () => {
  it('goes by name and port, then by address and port, and else straight on', () => {
    const detours = parseDetours(['MX.example.com:25=127.0.0.1:2525', '[2001:DB8::1]:25=[::1]:26']);
    expect(detours('mx.example.com', '192.0.2.1', 25)).to.deep.equal({ host: '127.0.0.1', port: 2525 });
    expect(detours('mx.example.com', '192.0.2.1', 443)).to.deep.equal({ host: '192.0.2.1', port: 443 });
    expect(detours('other.example', '2001:db8::1', 25)).to.deep.equal({ host: '::1', port: 26 });
  });

  it('refuses what is none', () => {
    for (const text of ['mx:25', 'mx=127.0.0.1:25', 'mx:25=host:25', 'mx:25=127.0.0.1:25=1', '=:'])
      expect(() => parseDetours([text]), text).to.throw(/write HOST:PORT=ADDRESS:PORT/);
  });
});
