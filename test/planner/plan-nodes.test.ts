import { planDns, type DnsPlan, type PlannedPair } from '@mailpair/planner/plan';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, quiet } from './pairs.ts';
import { textAt, valuesAt } from './planned.ts';

const inboundOf = (
  addresses: readonly string[],
  ...nodes: PlannedPair['inbound']['nodes']
): PlannedPair['inbound'] => ({
  host: 'mx-in.example.com',
  addresses,
  nodes,
});

const in1 = { host: 'in1.example.com', addresses: ['192.0.2.11'] };
const in2 = { host: 'in2.example.com', addresses: ['192.0.2.12', '2001:db8::12'] };
const both = ['192.0.2.11', '192.0.2.12', '2001:db8::12'];

const plan = (inbound: PlannedPair['inbound']): DnsPlan => planDns(pairOf({ publish: quiet, inbound }));
const ptrOf = ({ ptr }: DnsPlan, address: string): string | undefined =>
  ptr.find((request) => request.address === address)?.name;

describe('the DNS plan of a role with several nodes', () => {
  it('gives the name of the role all addresses and every node its own, with SPF and PTR', () => {
    const planned = plan(inboundOf(both, in1, in2));
    expect(valuesAt(planned, 'mx-in.example.com', 'A')).to.deep.equal(['192.0.2.11', '192.0.2.12']);
    expect(valuesAt(planned, 'mx-in.example.com', 'AAAA')).to.deep.equal(['2001:db8::12']);
    expect(valuesAt(planned, 'in1.example.com', 'A')).to.deep.equal(['192.0.2.11']);
    expect(valuesAt(planned, 'in2.example.com', 'AAAA')).to.deep.equal(['2001:db8::12']);
    expect(textAt(planned, 'in1.example.com')).to.equal('v=spf1 a -all');
    expect(ptrOf(planned, '192.0.2.11')).to.equal('in1.example.com');
    expect(ptrOf(planned, '2001:db8::12')).to.equal('in2.example.com');
  });

  it('has only the two roles as MX', () => {
    expect(valuesAt(plan(inboundOf(both, in1, in2)), 'example.com', 'MX')).to.deep.equal([
      { preference: 10, exchange: 'mx-in.example.com' },
      { preference: 20, exchange: 'mx-out.example.com' },
    ]);
  });

  it('names every address of every node in SPF, and that of the role too', () => {
    const spf = textAt(plan(inboundOf(['192.0.2.10'], in1, in2)), 'example.com');
    for (const term of [
      'ip4:192.0.2.10',
      'ip4:192.0.2.11',
      'ip4:192.0.2.12',
      'ip6:2001:db8::12',
      'ip4:192.0.2.20',
    ])
      expect(String(spf).split(' ')).to.include(term);
  });

  it('lets the role have an address of its own, as of a balancer', () => {
    const planned = plan(inboundOf(['192.0.2.10'], in1, in2));
    expect(valuesAt(planned, 'mx-in.example.com', 'A')).to.deep.equal(['192.0.2.10']);
    expect(ptrOf(planned, '192.0.2.10')).to.equal('mx-in.example.com');
    expect(ptrOf(planned, '192.0.2.11')).to.equal('in1.example.com');
  });

  it('requests one PTR record, of the role, for an address that its nodes share', () => {
    const shared = { host: 'in3.example.com', addresses: ['192.0.2.11'] };
    const planned = plan(inboundOf(['192.0.2.11'], in1, shared));
    expect(planned.ptr.filter(({ address }) => address === '192.0.2.11')).to.deep.equal([
      { address: '192.0.2.11', name: 'mx-in.example.com' },
    ]);
  });

  it('says when one address belongs to both roles, since it can have one name only', () => {
    const planned = plan(inboundOf(['192.0.2.20'], { host: 'mx-in.example.com', addresses: ['192.0.2.20'] }));
    expect(planned.ptr.filter(({ address }) => address === '192.0.2.20')).to.have.length(1);
    expect(planned.notes.join()).to.include(
      '192.0.2.20 is an address of mx-in.example.com and of mx-out.example.com',
    );
  });

  it('plans no SPF for the domains when a node has no public address and the role none to go out by', () => {
    const hidden = { host: 'in3.example.com', addresses: ['10.0.0.3'] };
    const planned = plan(inboundOf(['192.0.2.11'], in1, hidden));
    expect(textAt(planned, 'example.com')).to.equal(undefined);
    expect(planned.notes.join()).to.include('without inbound.nodes[1].addresses it would not authorise');
  });

  it('takes the address of the role for nodes that have none', () => {
    const [a, b] = [
      { host: 'in1.example.com', addresses: ['10.0.0.1'] },
      { host: 'in2.example.com', addresses: [] },
    ];
    const planned = plan(inboundOf(['192.0.2.10'], a, b));
    expect(textAt(planned, 'example.com')).to.include('ip4:192.0.2.10');
    expect(valuesAt(planned, 'in1.example.com', 'A')).to.equal(undefined);
  });
});
