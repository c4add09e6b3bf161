import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { List, ListAnswer } from '@mailpair/shared/filter/dns-lists/ask-list';
import { testList, type TestResult } from '@mailpair/shared/filter/dns-lists/self-test';
import { inList } from '../../../support/list-zone.ts';

const list: List = { name: 'bl', zone: 'bl.test', asks: ['client'], codes: [], test: null, refuses: false };
const domains: List = { ...list, asks: ['urls', 'sender'] };

const listed: ListAnswer = { kind: 'listed', codes: ['127.0.0.2'] };
const silent: ListAnswer = { kind: 'silent', reason: 'no usable answer (ETIMEOUT)' };
const refused: ListAnswer = { kind: 'refused', reason: 'answers 127.255.255.254' };

const [v4, v4Not, v6, v6Not] = ['127.0.0.2', '127.0.0.1', '::ffff:7f00:2', '::ffff:7f00:1'].map((address) =>
  inList(address, '').slice(0, -1),
) as [string, string, string, string];

const run = (of: List, answers: Readonly<Record<string, ListAnswer>>): Promise<TestResult> =>
  testList(of, (labels) => Promise.resolve(answers[labels] ?? { kind: 'clear' }));

describe('the test of a list (RFC 5782 §5)', () => {
  it('is passed for both families with both entries', async () => {
    expect(await run(list, { [v4]: listed, [v6]: listed })).to.deep.equal({
      kind: 'sound',
      families: [4, 6],
    });
  });

  it('is passed for the families with an entry', async () => {
    expect(await run(list, { [v4]: listed })).to.deep.equal({ kind: 'sound', families: [4] });
    expect(await run(list, { [v6]: listed })).to.deep.equal({ kind: 'sound', families: [6] });
  });

  it('is passed for IPv4 while nothing is heard of IPv6', async () => {
    expect(await run(list, { [v4]: listed, [v6]: silent })).to.deep.equal({ kind: 'sound', families: [4] });
  });

  for (const [what, answers] of [
    ['127.0.0.1', { [v4]: listed, [v4Not]: listed, [v6]: listed }],
    ['::FFFF:7F00:1', { [v4]: listed, [v6]: listed, [v6Not]: listed }],
  ] as const)
    it(`fails when the list has ${what}`, async () => {
      const result = await run(list, answers);
      expect(result.kind).to.equal('lying');
      expect(result).to.have.property('reason').that.includes('lists the world');
    });

  it('fails when the list knows none of its entries', async () => {
    const result = await run(list, {});
    expect(result).to.have.property('kind', 'lying');
    expect(result).to.have.property('reason').that.includes('neither 127.0.0.2 nor ::ffff:7f00:2');
  });

  it('fails when the list refuses us', async () => {
    expect(await run(list, { [v4]: refused, [v4Not]: refused })).to.deep.equal({
      kind: 'lying',
      reason: 'answers 127.255.255.254',
    });
  });

  it('leaves doubt when nothing is heard', async () => {
    expect(await run(list, { [v4]: silent, [v4Not]: silent })).to.have.property('kind', 'doubt');
    expect(await run(list, { [v4]: listed, [v4Not]: silent })).to.have.property('kind', 'doubt');
  });

  it('asks a list of domains for TEST and INVALID', async () => {
    expect(await run(domains, { test: listed })).to.deep.equal({ kind: 'sound', families: [] });
    expect(await run(domains, { test: listed, invalid: listed })).to.have.property('kind', 'lying');
    expect(await run(domains, {})).to.have.property('kind', 'lying');
  });

  it('asks for the entry that the operator names', async () => {
    const own = { ...domains, test: 'test-point.example' };
    expect(await run(own, { 'test-point.example': listed })).to.have.property('kind', 'sound');
    expect(await run(own, { test: listed })).to.have.property('kind', 'lying');
    expect(await run({ ...list, test: '192.0.2.99' }, { '99.2.0.192': listed })).to.deep.equal({
      kind: 'sound',
      families: [4],
    });
  });
});
