import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { countedBy, ConnectionCounter } from '@mailpair/shared/smtp/server/limits';

const limits = { connections: 3, connectionsPerClient: 2, connectionsPerNetwork: 9 };
const by = (client: string) => ({ client, network: null });

describe('the counter of connections', () => {
  it('names the limit that forbids a connection', () => {
    const counter = new ConnectionCounter();
    expect(counter.admit(by('a'), limits)).to.equal('admitted');
    expect(counter.admit(by('a'), limits)).to.equal('admitted');
    expect(counter.admit(by('a'), limits)).to.equal('client');
    expect(counter.admit(by('b'), limits)).to.equal('admitted');
    expect(counter.admit(by('c'), limits)).to.equal('total');
    expect(counter.total).to.equal(3);
  });

  it('counts an IPv6 network of 64 bits as one client', () => {
    const counter = new ConnectionCounter();
    const admit = (address: string) => counter.admit(countedBy(address, true), limits);
    const answers = ['2001:db8::1', '2001:db8::ffff:2', '2001:db8::3', '2001:db8:0:1::1'].map(admit);
    expect(answers).to.deep.equal(['admitted', 'admitted', 'client', 'admitted']);
  });

  it('counts strangers by their neighbourhood, and nobody of this site', () => {
    const counter = new ConnectionCounter();
    const narrow = { connections: 9, connectionsPerClient: 9, connectionsPerNetwork: 1 };
    const admit = (address: string, isStranger = true) =>
      counter.admit(countedBy(address, isStranger), narrow);
    expect(['192.0.2.1', '192.0.2.2', '198.51.100.1'].map((each) => admit(each))).to.deep.equal([
      'admitted',
      'network',
      'admitted',
    ]);
    expect(['10.0.0.1', '10.0.0.2'].map((each) => admit(each))).to.deep.equal(['admitted', 'admitted']);
    expect(admit('192.0.2.3', false)).to.equal('admitted');
    counter.release(countedBy('192.0.2.1', true));
    expect(admit('192.0.2.4')).to.equal('admitted');
  });

  it('admits again when a connection was released', () => {
    const counter = new ConnectionCounter();
    counter.admit(by('a'), limits);
    counter.admit(by('a'), limits);
    counter.release(by('a'));
    expect(counter.total).to.equal(1);
    expect(counter.admit(by('a'), limits)).to.equal('admitted');
    expect(counter.admit(by('a'), limits)).to.equal('client');
  });

  it('never exceeds a limit and ends at zero, whatever comes and goes', () => {
    const step = fc.record({ client: fc.constantFrom('a', 'b', 'c', 'd'), comes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const counter = new ConnectionCounter();
        const open: string[] = [];
        for (const { client, comes } of steps) {
          if (comes && counter.admit(by(client), limits) === 'admitted') open.push(client);
          else if (!comes && open.includes(client))
            counter.release(by(open.splice(open.indexOf(client), 1)[0]!));
          expect(counter.total).to.equal(open.length).and.to.be.at.most(limits.connections);
          expect(open.filter((each) => each === client).length).to.be.at.most(limits.connectionsPerClient);
        }
        for (const client of open) counter.release(by(client));
        expect(counter.total).to.equal(0);
        for (const client of ['a', 'b']) expect(counter.admit(by(client), limits)).to.equal('admitted');
      }),
    );
  });

  it('counts what other processes have, until they end', () => {
    const counter = new ConnectionCounter();
    const changed: string[] = [];
    counter.changed = (key) => void changed.push(key);
    counter.countToo(1, 1, [['a', 1]]);
    counter.countToo(2, 1, [['a', 1]]);
    counter.countToo(1, 1, [['a', 1]]);
    expect(counter.admit(by('a'), limits)).to.equal('client');
    expect(counter.admit(by('b'), limits)).to.equal('admitted');
    expect(counter.admit(by('c'), limits)).to.equal('total');
    expect([counter.total, counter.totalOfAll]).to.deep.equal([1, 3]);
    counter.countToo(1, 0, [['a', 0]]);
    expect(counter.admit(by('a'), limits)).to.equal('admitted');
    counter.forget(2);
    expect(counter.admit(by('a'), limits)).to.equal('admitted');
    expect(counter.totalOfAll).to.equal(3);
    expect(counter.counts()).to.deep.equal([
      ['b', 1],
      ['a', 2],
    ]);
    expect(changed).to.deep.equal(['b', 'a', 'a']);
  });
});
