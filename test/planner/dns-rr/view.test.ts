import { excerptOf, formatView, isSameSight, parseView, type View } from '@mailpair/planner/dns-rr/view';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const txt = (text: string): Buffer => {
  const strings = text.match(/.{1,255}/gs) ?? [];
  return Buffer.concat(strings.flatMap((part) => [Buffer.of(part.length), Buffer.from(part, 'latin1')]));
};

const head = 'v=mailpair1 by=ns1.example.com/k3f9a2 since=1790000000 at=1790000600 for=180';

const anyView: fc.Arbitrary<View> = fc.record({
  by: fc.stringMatching(/^[a-z0-9._-]{1,63}\/[a-z0-9]{1,16}$/),
  since: fc.nat(4_000_000_000),
  at: fc.nat(4_000_000_000),
  validSeconds: fc.nat(14_400),
  sightings: fc
    .uniqueArray(fc.nat(99), { maxLength: 60 })
    .chain((numbers) =>
      fc.tuple(
        ...numbers.map((number) =>
          fc.tuple(
            fc.constant(number % 2 === 0 ? `192.0.2.${number}` : `2001:db8::${number}`),
            fc.record({
              as: fc.constantFrom('up' as const, 'down' as const, 'draining' as const),
              load: fc.option(fc.nat(100).map((percent) => percent / 100)),
            }),
          ),
        ),
      ),
    )
    .map((entries) => new Map(entries)),
});

describe('the view of an updater', () => {
  it('is one line that a person can read', () => {
    const view = parseView(txt(`${head} up=192.0.2.1@20,2001:db8::1 down=192.0.2.2`));
    expect(view).to.deep.equal({
      by: 'ns1.example.com/k3f9a2',
      since: 1_790_000_000,
      at: 1_790_000_600,
      validSeconds: 180,
      sightings: new Map([
        ['192.0.2.1', { as: 'up', load: 0.2 }],
        ['2001:db8::1', { as: 'up', load: null }],
        ['192.0.2.2', { as: 'down', load: null }],
      ]),
    });
    expect(formatView(view!)).to.deep.equal(txt(`${head} up=192.0.2.1@20,2001:db8::1 down=192.0.2.2`));
  });

  it('is read as it was written, in as many strings as it takes', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const read = parseView(formatView(view))!;
        expect(formatView(read)).to.deep.equal(formatView(view));
        expect({ ...read, sightings: null }).to.deep.equal({ ...view, sightings: null });
        for (const [address, sighting] of view.sightings)
          expect({ ...read.sightings.get(address) }).to.deep.equal({ ...sighting });
        expect(read.sightings.size).to.equal(view.sightings.size);
      }),
    );
  });

  it('ignores what later versions add', () => {
    expect(parseView(txt(`${head} zone=eu up=192.0.2.1`))?.sightings.size).to.equal(1);
  });

  for (const [what, data] of [
    ['of another kind', txt('v=spf1 -all')],
    ['of a later form', txt(head.replace('mailpair1', 'mailpair2'))],
    ['without a time', txt(head.replace(/ at=\d+/, ''))],
    ['with a time that is no number', txt(head.replace(/at=\d+/, 'at=-1'))],
    ['with a name that could be taken for something else', txt(head.replace('ns1', 'NS 1'))],
    ['that counts for a day', txt(head.replace('for=180', 'for=86400'))],
    ['with a word twice', txt(`${head} for=180`)],
    ['with something that is no address', txt(`${head} up=300.0.2.1`)],
    ['with an address twice', txt(`${head} up=192.0.2.1 down=192.0.2.1`)],
    ['whose string ends too late', Buffer.concat([Buffer.of(200), Buffer.from(head)])],
    ['that is too long', txt(`${head} x=${'y'.repeat(5000)}`)],
    ['that is empty', Buffer.alloc(0)],
  ] as const)
    it(`${what} is none`, () => {
      expect(parseView(data)).to.equal(undefined);
    });

  it('of any octets is read or not, and never throws', () => {
    const octets = fc.uint8Array({ maxLength: 400 }).map((data) => Buffer.from(data));
    const text = fc.string({ maxLength: 300 }).map((end) => txt(`${head} ${end}`));
    fc.assert(
      fc.property(fc.oneof(octets, text), (data) => {
        const view = parseView(data);
        expect(view === undefined || view.sightings.size >= 0).to.equal(true);
        expect(excerptOf(data)).to.match(/^[ -~]{0,80}$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same as another when only loads differ', () => {
    const at = (load: number, as: 'up' | 'down' = 'up') => new Map([['192.0.2.1', { as, load }]]);
    expect(isSameSight(at(0.1), at(0.9))).to.equal(true);
    expect(isSameSight(at(0.1), at(0.1, 'down'))).to.equal(false);
    expect(isSameSight(at(0.1), new Map())).to.equal(false);
  });
});
