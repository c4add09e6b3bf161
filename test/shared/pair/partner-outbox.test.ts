import { expect } from 'chai';
import { describe, it } from 'mocha';
import { MOST_LEARNT, Outbox } from '@mailpair/shared/pair/partner-outbox';

const look = (recipient: string) => ({ recipient, valid: true, learnedAt: 1 });
const filled = (count: number): Outbox => {
  const outbox = new Outbox();
  for (let i = 0; i < count; i += 1) outbox.add(`user${i}@example.com`);
  return outbox;
};

describe('what a partner has still to be told', () => {
  it('is told once, however often it was learnt', () => {
    const outbox = new Outbox();
    for (const name of ['a@x.test', 'b@x.test', 'a@x.test']) outbox.add(name);
    expect(outbox.take(look).map(({ recipient }) => recipient)).to.deep.equal(['a@x.test', 'b@x.test']);
    expect(outbox.take(look)).to.deep.equal([]);
  });

  it('goes in beats of bounded size until nothing is left', () => {
    const outbox = filled(2 * MOST_LEARNT + 5);
    const beats = [outbox.take(look), outbox.take(look), outbox.take(look), outbox.take(look)];
    expect(beats.map(({ length }) => length)).to.deep.equal([MOST_LEARNT, MOST_LEARNT, 5, 0]);
  });

  it('goes in more beats when the addresses are long', () => {
    const outbox = new Outbox();
    for (let i = 0; i < MOST_LEARNT; i += 1) outbox.add(`${'x'.repeat(300)}${i}@example.com`);
    expect(outbox.take(look).length).to.be.within(300, 500);
  });

  it('is kept when it did not get there', () => {
    const outbox = filled(3);
    outbox.putBack(outbox.take(look));
    expect(outbox.take(look)).to.have.length(3);
  });

  it('is let go when it is no longer known', () => {
    const outbox = filled(3);
    expect(outbox.take(() => undefined)).to.deep.equal([]);
    expect(outbox.size).to.equal(0);
  });

  it('is bounded, whoever guesses names while the partner is away', () => {
    const outbox = filled(100_100);
    expect(outbox.size).to.equal(100_000);
    expect(outbox.take(look)[0]?.recipient).to.equal('user100@example.com');
  });
});
