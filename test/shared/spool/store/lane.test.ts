import { bucketOf, laneOf, NamedLanes, parseLane } from '@mailpair/shared/spool/store/lane';
import type { Entry, RecipientStatus } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bodyText, entryOf } from '../../../support/spool-mail.ts';

const entryTo = (addresses: Readonly<Record<string, RecipientStatus>>, submitter?: string): Entry => {
  const entry = entryOf('id', bodyText('x'));
  return {
    ...entry,
    recipients: Object.entries(addresses).map(([address, status]) => ({
      address,
      status,
      attempts: 0,
      dueAt: 0,
    })),
    origin: { ...entry.origin, ...(submitter !== undefined && { submitter }) },
  };
};

describe('The lane of an entry', () => {
  it('is its domain and its submitter', () => {
    expect(laneOf(entryTo({ 'a@Example.NET': 'queued', 'b@example.net': 'queued' }, 'anna'))).to.equal(
      'example.net anna',
    );
    expect(parseLane('example.net anna')).to.deep.equal({ domain: 'example.net', submitter: 'anna' });
  });

  it('is one without a domain while recipients in several are open, and has a domain when one is left', () => {
    const open = { 'a@a.example': 'queued', 'b@b.example': 'queued' } as const;
    expect(parseLane(laneOf(entryTo(open)))).to.deep.equal({ domain: undefined, submitter: '' });
    expect(parseLane(laneOf(entryTo({ ...open, 'a@a.example': 'relayed' })))).to.deep.equal({
      domain: 'b.example',
      submitter: '',
    });
  });

  it('belongs to postmaster without a domain too', () => {
    expect(parseLane(laneOf(entryTo({ postmaster: 'queued' })))).to.deep.equal({ domain: '', submitter: '' });
  });

  it('can always be a key: printable ASCII, not long, one blank or none', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(text, text, (domain, submitter) => {
        const lane = laneOf(entryTo({ [`a@${domain}`]: 'queued' }, submitter));
        expect(lane).to.match(/^(#[0-9a-f]{2}|[!-~]{0,255} [!-~]{0,255})$/);
      }),
    );
    expect(laneOf(entryTo({ [`a@${'x'.repeat(2_000)}`]: 'queued' }))).to.match(/^#/);
    expect(laneOf(entryTo({ 'a@example.net': 'queued' }, 'two words'))).to.match(/^#/);
  });
});

describe('Lanes with a name of their own', () => {
  it('are so many at most; then newcomers share buckets', () => {
    const lanes = new NamedLanes(() => false, 3);
    for (const name of ['a ', 'b ', 'c ']) expect(lanes.admit(name)).to.equal(name);
    expect(lanes.admit('d ')).to.equal(bucketOf('d '));
    expect(lanes.admit('b ')).to.equal('b ');
  });

  it('take the place of one that is empty', () => {
    const empty = new Set(['b ']);
    const lanes = new NamedLanes((lane) => empty.has(lane), 3);
    for (const name of ['a ', 'b ', 'c ', 'd ']) expect(lanes.admit(name)).to.equal(name);
    expect(lanes.admit('e ')).to.equal(bucketOf('e '));
  });

  it('are where an entry lies that has their name, unless one may share a bucket', () => {
    const lanes = new NamedLanes(() => false, 2);
    for (const name of ['a ', 'b ']) lanes.admit(name);
    expect(['a ', 'b ', 'c ', '#1f'].map((name) => lanes.sure(name))).to.deep.equal([
      'a ',
      'b ',
      undefined,
      '#1f',
    ]);
    lanes.admit('c ');
    expect(['a ', '#1f'].map((name) => lanes.sure(name))).to.deep.equal([undefined, '#1f']);
    const found = new NamedLanes(() => false, 2);
    for (const lane of ['a ', '#1f']) found.add(lane);
    expect(found.sure('a ')).to.equal(undefined);
  });

  it('look at few others for that', () => {
    let looks = 0;
    const lanes = new NamedLanes(() => (looks += 1) < 0, 100);
    for (let n = 0; n <= 100; n += 1) lanes.admit(`${n} `);
    expect(looks).to.be.within(1, 5);
  });
});
