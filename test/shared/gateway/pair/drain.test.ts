import {
  beginDrain,
  formatDrain,
  isClosed,
  isOver,
  nextChange,
  nodesLeft,
  parseDrain,
  refusalOfDrain,
  usualCloseAfterMs,
  type OtherNode,
} from '@mailpair/shared/gateway/pair/drain';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const other = (
  role: OtherNode['role'],
  state: OtherNode['state'] = 'alive',
  draining = false,
): OtherNode => ({
  role,
  node: `${role}.example.com`,
  state,
  draining,
});

describe('a drain', () => {
  it('closes the listeners after the usual time, and lasts until it is ended', () => {
    const drain = beginDrain(1_000, {}, 15_000, null);
    expect(drain).to.deep.equal({ since: 1_000, closesAt: 16_000, until: null });
    expect([isClosed(drain, 15_999), isClosed(drain, 16_000), isOver(drain, 1e15)]).to.deep.equal([
      false,
      true,
      false,
    ]);
    expect([nextChange(drain, 1_000), nextChange(drain, 16_000)]).to.deep.equal([16_000, Infinity]);
  });

  it('ends when its time is over, even before the listeners close', () => {
    const drain = beginDrain(1_000, { forMs: 5_000, closeAfterMs: 10_000 }, 15_000, null);
    expect(drain).to.deep.equal({ since: 1_000, closesAt: 11_000, until: 6_000 });
    expect([isOver(drain, 5_999), isOver(drain, 6_000)]).to.deep.equal([false, true]);
    expect(nextChange(drain, 1_000)).to.equal(6_000);
  });

  it('that is asked for again keeps what is not asked for anew', () => {
    const current = { since: 1_000, closesAt: 16_000, until: 60_000 };
    expect(beginDrain(20_000, {}, 15_000, current)).to.deep.equal(current);
    expect(beginDrain(20_000, { forMs: 60_000 }, 15_000, current)).to.deep.equal({
      ...current,
      until: 80_000,
    });
    expect(beginDrain(20_000, { closeAfterMs: 0 }, 15_000, current)).to.deep.equal({
      ...current,
      closesAt: 1_000,
    });
  });

  it('is read as it was written, and nothing else is taken for one', () => {
    for (const until of [null, 5]) {
      const drain = { since: 1, closesAt: 2, until };
      expect(parseDrain(formatDrain(drain))).to.deep.equal(drain);
    }
    for (const text of [
      '',
      'null',
      '{}',
      '{"since":1,"closesAt":"2","until":null}',
      '{"since":1,"closesAt":2}',
    ])
      expect(parseDrain(text), text).to.equal(undefined);
  });

  it('waits for three looks of dns-rr, two TTLs, and no less than for balancers', () => {
    expect(usualCloseAfterMs(null)).to.equal(15_000);
    expect(usualCloseAfterMs({ ttlMs: 60_000, checkMs: 10_000 })).to.equal(150_000);
    expect(usualCloseAfterMs({ ttlMs: 1_000, checkMs: 1_000 })).to.equal(15_000);
  });
});

describe('the last node in service', () => {
  it('is not drained, and each other node is named with the reason', () => {
    const others = [other('inbound', 'dead'), other('outbound', 'alive', true)];
    expect(refusalOfDrain(others, [])).to.equal(
      'no other node would take mail: inbound/inbound.example.com is dead, outbound/outbound.example.com drains',
    );
    expect(refusalOfDrain([other('outbound', 'suspect')], [])).to.match(/misses heartbeats$/);
    expect(refusalOfDrain([other('outbound', 'unknown')], [])).to.match(/was not heard of yet$/);
    expect(refusalOfDrain([], [])).to.match(/pair\.secretFile is not set$/);
  });

  it('is one of two that are drained together', () => {
    const others = [other('outbound')];
    expect(refusalOfDrain(others, ['outbound/outbound.example.com'])).to.match(/is to be drained too$/);
    expect(refusalOfDrain(others, ['outbound/elsewhere.example.com'])).to.equal(undefined);
  });

  it('is not a node beside one that takes mail', () => {
    const others = [other('inbound', 'dead'), other('outbound')];
    expect(refusalOfDrain(others, [])).to.equal(undefined);
    expect(nodesLeft(others, [])).to.deep.equal([others[1]]);
  });
});
