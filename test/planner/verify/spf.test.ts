import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parseSpf } from '@mailpair/shared/dns-records/spf-record';
import { codesAfter, fullPublish, INBOUND, OUTBOUND, verifyIn, type World } from './published.ts';

const all = 'ip4:192.0.2.10 ip6:2001:db8::10 ip4:192.0.2.20 ip6:2001:db8::20';

/** The SPF record of the domain, beside its other text. */
const spf =
  (text: string, more: (world: World) => void = () => undefined) =>
  (world: World): void => {
    world.set('example.com', 'TXT', [text, 'site-verification=1234']);
    more(world);
  };

const chain =
  (length: number) =>
  (world: World): void => {
    for (let index = 1; index <= length; index += 1)
      world.set(`i${index}.example`, 'TXT', [
        index < length ? `v=spf1 include:i${index + 1}.example ~all` : 'v=spf1 ~all',
      ]);
  };

describe('the check of SPF', () => {
  for (const [title, record, codes, more] of [
    ['every address by networks', 'v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all', []],
    ['mx and a', 'v=spf1 mx ~all', []],
    ['a of both hosts', `v=spf1 a:${INBOUND} a:${OUTBOUND} ~all`, []],
    [
      'an include that holds them',
      'v=spf1 include:spf.example ~all',
      [],
      (world: World) => world.set('spf.example', 'TXT', [`v=spf1 ${all} ~all`]),
    ],
    [
      'a redirect that holds them',
      'v=spf1 redirect=spf.example',
      [],
      (world: World) => world.set('spf.example', 'TXT', [`v=spf1 ${all} ~all`]),
    ],
    ['other senders besides', `v=spf1 ${all} ip4:198.51.100.0/24 ~all`, []],
    ['ten look-ups', `v=spf1 ${all} include:i1.example ~all`, [], chain(10)],
  ] as const)
    it(`is content with ${title}`, async () => {
      expect(await codesAfter(spf(record, more))).to.deep.equal(codes);
    });

  for (const [title, record, codes, more] of [
    ['outbound missing', 'v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ~all', ['fault spf-misses-host']],
    ['inbound missing', 'v=spf1 ip4:192.0.2.20 ip6:2001:db8::20 ~all', ['fault spf-misses-host']],
    ['IPv6 missing', 'v=spf1 ip4:192.0.2.0/24 ~all', ['fault spf-misses-host']],
    ['addresses after all', `v=spf1 ~all ${all}`, ['fault spf-misses-host']],
    ['addresses disowned first', `v=spf1 -ip4:192.0.2.20 ${all} ~all`, ['fault spf-misses-host']],
    [
      'an include that softens',
      'v=spf1 include:spf.example ~all',
      ['fault spf-misses-host'],
      (world: World) => world.set('spf.example', 'TXT', ['v=spf1 ~all']),
    ],
    ['eleven look-ups', `v=spf1 ${all} include:i1.example ~all`, ['fault spf-lookups'], chain(11)],
    [
      'three void look-ups',
      `v=spf1 ${all} a:no1.example a:no2.example mx:no3.example ~all`,
      ['fault spf-void-lookups'],
    ],
    ['an include of nothing', `v=spf1 ${all} include:no.example ~all`, ['fault spf-error']],
    ['an include of itself', `v=spf1 ${all} include:example.com ~all`, ['fault spf-error']],
    ['a term that is none', `v=spf1 ${all} ipv4:192.0.2.1 ~all`, ['fault spf-error']],
    ['+all', 'v=spf1 +all', ['fault spf-all']],
    ['-all', `v=spf1 ${all} -all`, ['fault spf-all-differs']],
    ['?all', `v=spf1 ${all} ?all`, ['fault spf-all-differs']],
    ['no all', `v=spf1 ${all}`, ['fault spf-all-differs']],
    [
      'the -all of a redirect',
      'v=spf1 redirect=spf.example',
      ['fault spf-all-differs'],
      (world: World) => world.set('spf.example', 'TXT', [`v=spf1 ${all} -all`]),
    ],
  ] as const)
    it(`names ${title}`, async () => {
      expect(await codesAfter(spf(record, more))).to.deep.equal(codes);
    });

  it('says which end is stricter, what follows from it, and the record as it should be', async () => {
    const found = await verifyIn(
      spf(`v=spf1 ${all} include:news.example -all`, (world) =>
        world.set('news.example', 'TXT', ['v=spf1 ip4:198.51.100.1 -all']),
      ),
    );
    expect(found.findings).to.have.length(1);
    expect(found.findings[0]).to.deep.include({
      severity: 'fault',
      problem:
        'The SPF record of example.com ends in -all, not in ~all as planned: it is stricter than the plan.',
      why: 'Receivers may refuse mail from hosts that it does not name, mail that was forwarded among it.',
      shouldBe: [`example.com. 300 IN TXT "v=spf1 ${all} include:news.example ~all"`],
    });
    expect(found.findings[0]?.fix).to.include('publish.spf.all: fail');
  });

  for (const [meant, said, found] of [
    ['fail', '-', []],
    ['fail', '~', ['fault spf-all-differs']],
    ['neutral', '?', ['remark spf-neutral']],
    ['neutral', '', ['remark spf-neutral']],
    ['neutral', '-', ['fault spf-all-differs']],
  ] as const)
    it(`compares ${said === '' ? 'no' : said}all with publish.spf.all: ${meant}`, async () => {
      const publish = { ...fullPublish(), spf: { terms: [], all: meant } };
      const record = said === '' ? `v=spf1 ${all}` : `v=spf1 ${all} ${said}all`;
      expect(await codesAfter(spf(record), { pair: { publish } })).to.deep.equal(found);
    });

  it('compares the end of the record of a gateway too', async () => {
    const softer = await codesAfter((world) => world.set(INBOUND, 'TXT', ['v=spf1 a ~all']));
    expect(softer).to.deep.equal(['fault spf-all-differs']);
  });

  it('names a missing record and two records', async () => {
    expect(
      await codesAfter((world) => world.set('example.com', 'TXT', ['site-verification=1234'])),
    ).to.deep.equal(['fault spf-missing']);
    expect(await codesAfter((world) => world.add('example.com', 'TXT', 'v=spf1 mx ~all'))).to.deep.equal([
      'fault spf-several',
    ]);
  });

  it('adds the missing address to the record that is there, and keeps its other senders', async () => {
    const { findings } = await verifyIn(
      spf('v=spf1 ip4:192.0.2.10 ip6:2001:db8::/32 include:news.example ~all', (world) =>
        world.set('news.example', 'TXT', ['v=spf1 ip4:198.51.100.1 ~all']),
      ),
    );
    expect(findings[0]?.shouldBe).to.deep.equal([
      'example.com. 300 IN TXT "v=spf1 ip4:192.0.2.20 ip4:192.0.2.10 ip6:2001:db8::/32 include:news.example ~all"',
    ]);
  });

  it('counts the look-ups of redirect, a, mx and exists', async () => {
    const terms = ['a', 'mx', 'exists:%{i}.x.example', `a:${INBOUND}`, `mx:example.com`].join(' ');
    const { findings } = await verifyIn(
      spf(`v=spf1 ${all} ${terms} ${terms} redirect=r.example`, (world) => {
        world.set('example.com', 'A', ['192.0.2.1']);
        world.set('r.example', 'TXT', ['v=spf1 ~all']);
      }),
    );
    expect(findings.map(({ problem }) => problem)).to.deep.equal([
      'The SPF record of example.com needs 11 look-ups, more than 10.',
    ]);
  });

  it('is not led astray by a record that leads to a million others', async () => {
    const { findings } = await verifyIn(
      spf(`v=spf1 ${all} include:i1.example ~all`, (world) => {
        for (let index = 1; index <= 20; index += 1)
          world.set(`i${index}.example`, 'TXT', [
            `v=spf1 include:i${index + 1}.example include:i${index + 1}.example ~all`,
          ]);
      }),
    );
    expect(findings.map(({ code }) => code)).to.include('spf-lookups');
  });

  it('leaves the judgement to who knows when an include cannot be looked up', async () => {
    const report = await verifyIn(
      spf('v=spf1 include:spf.example ~all', (world) => world.silence('spf.example', 'TXT')),
    );
    expect(report.findings).to.deep.equal([]);
    expect(report.unasked[0]?.questions).to.deep.equal(['TXT spf.example']);
  });

  it('names the record of a HELO name that is missing', async () => {
    expect(await codesAfter((world) => world.remove(OUTBOUND, 'TXT'))).to.deep.equal(['fault spf-missing']);
  });
});

describe('parseSpf', () => {
  it('reads every term', () => {
    const text =
      'v=spf1 +a -mx/24 a:h.example/24//64 ?include:I.Example. exists:%{i}.x ptr ip6:2001:db8::1 exp=e redirect=R.example ~all';
    const { terms, redirect, unreadable } = parseSpf(text);
    expect(terms).to.deep.equal([
      { kind: 'a', qualifier: '+', prefixes: { 4: 32, 6: 128 } },
      { kind: 'mx', qualifier: '-', prefixes: { 4: 24, 6: 128 } },
      { kind: 'a', qualifier: '+', prefixes: { 4: 24, 6: 64 }, domain: 'h.example' },
      { kind: 'include', qualifier: '?', domain: 'i.example' },
      { kind: 'exists', qualifier: '+' },
      { kind: 'ptr', qualifier: '+' },
      { kind: 'network', qualifier: '+', network: { family: 6, base: '2001:db8::1', prefix: 128 } },
      { kind: 'all', qualifier: '~' },
    ]);
    expect({ redirect, unreadable }).to.deep.equal({ redirect: 'r.example', unreadable: [] });
  });

  it('tells what it cannot read', () => {
    const words = ['ip4:1.2.3', 'ip4:2001:db8::1', 'include:', 'all:x', 'a/33', 'foo', 'ip6'];
    expect(parseSpf(`v=spf1 ${words.join(' ')}`).unreadable).to.deep.equal(words);
  });
});
