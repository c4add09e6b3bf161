import { planDns, type DnsPlan } from '@mailpair/planner/plan';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, quiet, roleOf } from './pairs.ts';
import { textAt, valuesAt } from './planned.ts';
import { verifyIn } from './verify/published.ts';

const outboundFrom = (sources: {
  readonly sourceAddresses?: readonly string[];
  readonly publicSourceAddresses?: readonly string[];
}) => ({ ...roleOf('mx-out.example.com', '192.0.2.20', '2001:db8::20'), ...sources });

const plan = (sources: Parameters<typeof outboundFrom>[0]): DnsPlan =>
  planDns(pairOf({ publish: quiet, outbound: outboundFrom(sources) }));

describe('the DNS plan of a gateway that sends from other addresses', () => {
  it('names them in SPF of domains and of its own name, and asks for PTR records that lead back', () => {
    const planned = plan({ sourceAddresses: ['192.0.2.21', '2001:db8::20'] });
    expect(textAt(planned, 'example.com')).to.equal(
      'v=spf1 ip4:192.0.2.20 ip6:2001:db8::20 ip4:192.0.2.21 ip4:192.0.2.10 ip6:2001:db8::10 ~all',
    );
    expect(textAt(planned, 'mx-out.example.com')).to.equal('v=spf1 a ip4:192.0.2.21 -all');
    expect(planned.ptr).to.deep.include({ address: '192.0.2.21', name: 'source.mx-out.example.com' });
    expect(valuesAt(planned, 'source.mx-out.example.com', 'A')).to.deep.equal(['192.0.2.21']);
    // Nothing takes mail there.
    expect(valuesAt(planned, 'mx-out.example.com', 'A')).to.deep.equal(['192.0.2.20']);
  });

  it('takes those that others see where a router translates, and publishes no private one', () => {
    const planned = plan({ sourceAddresses: ['10.0.0.3'], publicSourceAddresses: ['192.0.2.99'] });
    expect(textAt(planned, 'example.com')).to.include('ip4:192.0.2.99');
    expect(planned.ptr).to.deep.include({ address: '192.0.2.99', name: 'source.mx-out.example.com' });
    expect(JSON.stringify({ ...planned, notes: [] })).not.to.include('10.0.0.3');
    expect(planned.notes.join('\n')).not.to.include('10.0.0.3');
  });

  it('says what to set when only a private one is known', () => {
    const planned = plan({ sourceAddresses: ['10.0.0.3'] });
    expect(JSON.stringify({ ...planned, notes: [] })).not.to.include('10.0.0.3');
    expect(planned.notes.join('\n')).to.match(
      /outbound\.sourceAddresses: 10\.0\.0\.3 is private.*set outbound\.publicSourceAddresses/,
    );
  });

  it('is nothing else when they are addresses that it has anyway', () => {
    expect(plan({ sourceAddresses: ['192.0.2.20'] })).to.deep.equal(plan({}));
  });

  it('is verified: what lacks them is reported', async () => {
    const pair = { outbound: outboundFrom({ publicSourceAddresses: ['192.0.2.21'] }) };
    const codes = async (change: Parameters<typeof verifyIn>[0]): Promise<string[]> => {
      const { findings } = await verifyIn(change, { pair });
      return findings
        .filter(({ severity }) => severity === 'fault')
        .map(({ code, subject }) => `${code} ${subject}`);
    };
    expect(await codes(() => undefined)).to.deep.equal([]);
    const withoutIt = 'v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ip4:192.0.2.20 ip6:2001:db8::20 ~all';
    expect(await codes((world) => world.set('example.com', 'TXT', [withoutIt]))).to.include(
      'spf-misses-host example.com',
    );
    expect(await codes((world) => world.set('mx-out.example.com', 'TXT', ['v=spf1 a -all']))).to.deep.equal([
      'spf-misses-host mx-out.example.com',
    ]);
    expect(await codes((world) => world.remove('21.2.0.192.in-addr.arpa', 'PTR'))).to.deep.equal([
      'ptr-missing 192.0.2.21',
    ]);
  });
});
