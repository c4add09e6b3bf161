import { expect } from 'chai';
import { describe, it } from 'mocha';
import { MOST_ITEMS, Outbox } from '@mailpair/shared/gateway/pair/partner-outbox';

const look = (_topic: string, key: string) => `+1 ${key}`;
const filled = (count: number, topic = 'recipients', outbox = new Outbox()): Outbox => {
  for (let i = 0; i < count; i += 1) outbox.add(topic, `user${i}@example.com`);
  return outbox;
};

describe('what a partner has still to be told', () => {
  it('is told once, however often it changed', () => {
    const outbox = new Outbox();
    for (const name of ['a@x.test', 'b@x.test', 'a@x.test']) outbox.add('recipients', name);
    expect(outbox.take(look)).to.deep.equal([
      { topic: 'recipients', key: 'a@x.test', text: '+1 a@x.test' },
      { topic: 'recipients', key: 'b@x.test', text: '+1 b@x.test' },
    ]);
    expect(outbox.take(look)).to.deep.equal([]);
  });

  it('goes in beats of bounded size until nothing is left', () => {
    const outbox = filled(2 * MOST_ITEMS + 5);
    const beats = [outbox.take(look), outbox.take(look), outbox.take(look), outbox.take(look)];
    expect(beats.map(({ length }) => length)).to.deep.equal([MOST_ITEMS, MOST_ITEMS, 5, 0]);
  });

  it('goes in more beats when it is long', () => {
    const outbox = new Outbox();
    for (let i = 0; i < MOST_ITEMS; i += 1) outbox.add('recipients', `${'ü'.repeat(300)}${i}@example.com`);
    expect(outbox.take(look).length).to.be.within(400, 450);
  });

  it('has its share of a beat however much another topic has', () => {
    const outbox = filled(3, 'bans', filled(50_000));
    const taken = outbox.take(look);
    expect(taken.filter(({ topic }) => topic === 'bans')).to.have.length(3);
    expect(taken).to.have.length(MOST_ITEMS / 2 + 3);
    expect(outbox.take(look)).to.have.length(MOST_ITEMS);
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
    expect(outbox.take(look)[0]?.key).to.equal('user100@example.com');
  });
});
