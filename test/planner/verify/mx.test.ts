import { expect } from 'chai';
import { describe, it } from 'mocha';
import { codesAfter, INBOUND, OUTBOUND, verifyIn } from './published.ts';

const mx = (...hosts: readonly (readonly [number, string])[]) =>
  hosts.map(([preference, exchange]) => ({ preference, exchange }));

describe('the check of MX records', () => {
  for (const [title, records, codes] of [
    ['no host', mx(), ['fault mx-missing']],
    ['inbound only', mx([10, INBOUND]), ['fault mx-host-missing']],
    ['outbound only', mx([20, OUTBOUND]), ['fault mx-host-missing']],
    ['swapped preferences', mx([20, INBOUND], [10, OUTBOUND]), ['fault mx-swapped']],
    ['equal preferences', mx([10, INBOUND], [10, OUTBOUND]), ['fault mx-equal']],
    ['a null MX', mx([0, '']), ['fault mx-null']],
    ['other numbers in the same order', mx([5, INBOUND], [50, OUTBOUND]), ['remark mx-preference']],
  ] as const)
    it(`names ${title}`, async () => {
      const found = await codesAfter((world) => world.set('example.com', 'MX', records));
      expect(found).to.deep.equal(codes);
    });

  it('names a third host, and shows the records as they are and as they should be', async () => {
    const { findings } = await verifyIn((world) => {
      world.add('example.com', 'MX', { preference: 5, exchange: 'mx.elsewhere.example' });
      world.set('mx.elsewhere.example', 'A', ['198.51.100.1']);
    });
    expect(findings).to.have.length(1);
    expect(findings[0]).to.deep.include({
      code: 'mx-foreign',
      is: [
        `example.com. 3600 IN MX 10 ${INBOUND}.`,
        `example.com. 3600 IN MX 20 ${OUTBOUND}.`,
        'example.com. 300 IN MX 5 mx.elsewhere.example.',
      ],
      shouldBe: [`example.com. 3600 IN MX 10 ${INBOUND}.`, `example.com. 3600 IN MX 20 ${OUTBOUND}.`],
    });
    expect(findings[0]?.problem)
      .to.include('mx.elsewhere.example')
      .and.to.include('neither inbound nor outbound');
  });

  it('takes the second MX for our own partner', async () => {
    const { findings } = await verifyIn((world) => world.set('example.com', 'MX', mx([10, INBOUND])));
    expect(findings[0]?.problem).to.include(`${OUTBOUND} (outbound)`);
  });

  it('names a domain that is an alias', async () => {
    expect(await codesAfter((world) => world.alias('example.com', 'www.example.com'))).to.include(
      'fault mx-alias',
    );
  });

  it('names an MX host that is an alias, and not what follows from it', async () => {
    expect(await codesAfter((world) => world.alias(OUTBOUND, 'www.example.com'))).to.deep.equal([
      'fault mx-cname',
    ]);
  });

  it('names a foreign host without an address', async () => {
    const found = await codesAfter((world) =>
      world.add('example.com', 'MX', { preference: 5, exchange: 'gone.example' }),
    );
    expect(found).to.deep.equal(['fault mx-foreign', 'fault mx-no-address']);
  });
});
