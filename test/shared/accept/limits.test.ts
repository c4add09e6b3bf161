import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ConnectionCounter } from '@mailpair/shared/accept/limits';

const limits = { connections: 3, connectionsPerClient: 2 };

describe('the counter of connections', () => {
  it('names the limit that forbids a connection', () => {
    const counter = new ConnectionCounter();
    expect(counter.admit('a', limits)).to.equal('admitted');
    expect(counter.admit('a', limits)).to.equal('admitted');
    expect(counter.admit('a', limits)).to.equal('client');
    expect(counter.admit('b', limits)).to.equal('admitted');
    expect(counter.admit('c', limits)).to.equal('total');
    expect(counter.total).to.equal(3);
  });

  it('admits again when a connection was released', () => {
    const counter = new ConnectionCounter();
    counter.admit('a', limits);
    counter.admit('a', limits);
    counter.release('a');
    expect(counter.total).to.equal(1);
    expect(counter.admit('a', limits)).to.equal('admitted');
    expect(counter.admit('a', limits)).to.equal('client');
  });

  it('never exceeds a limit and ends at zero, whatever comes and goes', () => {
    const step = fc.record({ client: fc.constantFrom('a', 'b', 'c', 'd'), comes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const counter = new ConnectionCounter();
        const open: string[] = [];
        for (const { client, comes } of steps) {
          if (comes && counter.admit(client, limits) === 'admitted') open.push(client);
          else if (!comes && open.includes(client)) counter.release(open.splice(open.indexOf(client), 1)[0]!);
          expect(counter.total).to.equal(open.length).and.to.be.at.most(limits.connections);
          expect(open.filter((each) => each === client).length).to.be.at.most(limits.connectionsPerClient);
        }
        for (const client of open) counter.release(client);
        expect(counter.total).to.equal(0);
        for (const client of ['a', 'b']) expect(counter.admit(client, limits)).to.equal('admitted');
      }),
    );
  });
});
