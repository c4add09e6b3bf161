import { planDns, type DnsPlan, type PlannedPair, type RecordSet } from '@mailpair/planner/plan';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, quiet, roleOf } from './pairs.ts';

const plan = (overrides: Partial<PlannedPair> = {}): DnsPlan =>
  planDns(pairOf({ publish: quiet, ...overrides }));

const recordsOf = ({ zones }: DnsPlan, zone: string): readonly RecordSet[] =>
  zones.find((planned) => planned.zone === zone)?.records ?? [];

const valuesOf = (records: readonly RecordSet[], type: RecordSet['type'], name: string): readonly unknown[] =>
  records.filter((set) => set.type === type && set.name === name).flatMap(({ values }) => [...values]);

describe('the DNS plan of a pair', () => {
  it('holds addresses, MX and SPF of a hosted domain', () => {
    expect(plan()).to.deep.equal({
      zones: [
        {
          zone: 'example.com',
          records: [
            { name: 'mx-in.example.com', ttl: 300, type: 'A', values: ['192.0.2.10'] },
            { name: 'mx-in.example.com', ttl: 300, type: 'AAAA', values: ['2001:db8::10'] },
            { name: 'mx-in.example.com', ttl: 3600, type: 'TXT', values: ['v=spf1 a -all'] },
            { name: 'mx-out.example.com', ttl: 300, type: 'A', values: ['192.0.2.20'] },
            { name: 'mx-out.example.com', ttl: 300, type: 'AAAA', values: ['2001:db8::20'] },
            { name: 'mx-out.example.com', ttl: 3600, type: 'TXT', values: ['v=spf1 a -all'] },
            {
              name: 'example.com',
              ttl: 3600,
              type: 'MX',
              values: [
                { preference: 10, exchange: 'mx-in.example.com' },
                { preference: 20, exchange: 'mx-out.example.com' },
              ],
            },
            {
              name: 'example.com',
              ttl: 3600,
              type: 'TXT',
              values: ['v=spf1 ip4:192.0.2.20 ip6:2001:db8::20 ip4:192.0.2.10 ip6:2001:db8::10 ~all'],
            },
          ],
        },
      ],
      elsewhere: [],
      ptr: [
        { address: '192.0.2.10', name: 'mx-in.example.com' },
        { address: '2001:db8::10', name: 'mx-in.example.com' },
        { address: '192.0.2.20', name: 'mx-out.example.com' },
        { address: '2001:db8::20', name: 'mx-out.example.com' },
      ],
      policies: [],
      notes: [
        'SPF ends in ~all: once publish.spf.terms contains all other hosts that send mail for these domains, set publish.spf.all: fail.',
        'dkim.keys: no usable key in /etc/mailpair/dkim for example.com, so no DKIM record is planned there.',
        'publish.tlsRpt.rua is empty, so no TLS-RPT record is planned and failures of TLS go unreported.',
      ],
    });
  });

  it('gives every hosted domain its MX and SPF, and the hosts to the zone they lie in', () => {
    const planned = plan({ domains: [{ name: 'example.net' }, { name: 'example.com' }] });
    const other = recordsOf(planned, 'example.net');
    expect(other.map(({ type, name }) => `${name} ${type}`)).to.deep.equal([
      'example.net MX',
      'example.net TXT',
    ]);
    expect(valuesOf(other, 'MX', 'example.net')).to.deep.equal(
      valuesOf(recordsOf(planned, 'example.com'), 'MX', 'example.com'),
    );
    expect(valuesOf(recordsOf(planned, 'example.com'), 'A', 'mx-in.example.com')).to.deep.equal([
      '192.0.2.10',
    ]);
  });

  it('gives a host to the innermost hosted domain', () => {
    const planned = plan({
      domains: [{ name: 'example.com' }, { name: 'mail.example.com' }],
      inbound: roleOf('in.mail.example.com', '192.0.2.10'),
    });
    expect(valuesOf(recordsOf(planned, 'mail.example.com'), 'A', 'in.mail.example.com')).to.have.length(1);
    expect(valuesOf(recordsOf(planned, 'example.com'), 'A', 'in.mail.example.com')).to.be.empty;
  });

  it('does not take a name that merely ends alike for a host of the domain', () => {
    const { elsewhere } = plan({ inbound: roleOf('mx.notexample.com', '192.0.2.10') });
    expect(valuesOf(elsewhere, 'A', 'mx.notexample.com')).to.deep.equal(['192.0.2.10']);
  });

  it('never gives one name two SPF records', () => {
    const planned = plan({ inbound: roleOf('example.com', '192.0.2.10') });
    const [only, ...more] = valuesOf(recordsOf(planned, 'example.com'), 'TXT', 'example.com');
    expect(more).to.be.empty;
    expect(only).to.match(/ip4:192\.0\.2\.10/);
  });

  it('has names in lower-case A-labels and addresses in one form, each once', () => {
    const planned = plan({
      domains: [{ name: 'Bücher.example' }, { name: 'bücher.example' }],
      inbound: roleOf('MX.bücher.example.', '2001:DB8:0::10', '2001:db8::10', '::ffff:192.0.2.10'),
    });
    const records = recordsOf(planned, 'xn--bcher-kva.example');
    expect(planned.zones).to.have.length(1);
    expect(valuesOf(records, 'AAAA', 'mx.xn--bcher-kva.example')).to.deep.equal(['2001:db8::10']);
    expect(valuesOf(records, 'A', 'mx.xn--bcher-kva.example')).to.deep.equal(['192.0.2.10']);
  });

  describe('where something is odd', () => {
    it('notes a host outside the hosted domains, and plans its records for elsewhere', () => {
      const planned = plan({
        outbound: roleOf('mx.provider.net', '192.0.2.20', '2001:db8::20'),
      });
      expect(planned.elsewhere.map(({ type }) => type)).to.deep.equal(['A', 'AAAA', 'TXT']);
      expect(recordsOf(planned, 'example.com').some(({ name }) => name === 'mx.provider.net')).to.equal(
        false,
      );
      expect(planned.notes.join()).to.match(/outbound\.host: mx\.provider\.net is in no hosted domain/);
    });

    for (const address of [
      '10.0.0.5',
      '192.168.1.1',
      '172.31.0.1',
      '127.0.0.1',
      '100.64.0.1',
      'fd00::5',
      'fe80::1',
      '::1',
    ]) {
      it(`leaves out ${address}, which nobody outside can reach, and says so`, () => {
        const planned = plan({ inbound: roleOf('mx-in.example.com', '192.0.2.10', address) });
        expect(JSON.stringify([planned.zones, planned.ptr])).not.to.include(address);
        expect(planned.notes.join()).to.include(`inbound.addresses: ${address} cannot be reached`);
      });
    }

    it('notes the lack of IPv6', () => {
      const { notes } = plan({ outbound: roleOf('mx-out.example.com', '192.0.2.20') });
      expect(notes.join())
        .to.match(/outbound\.addresses: no IPv6/)
        .and.not.to.match(/inbound\.addresses/);
    });

    it('notes the lack of IPv4', () => {
      const { notes } = plan({ outbound: roleOf('mx-out.example.com', '2001:db8::20') });
      expect(notes.join()).to.match(/outbound\.addresses: no IPv4/);
    });

    it('plans no SPF that would disown a host whose addresses are not known', () => {
      for (const addresses of [[], ['10.0.0.5']]) {
        const planned = plan({ outbound: roleOf('mx-out.example.com', ...addresses) });
        const records = recordsOf(planned, 'example.com');
        expect(valuesOf(records, 'TXT', 'example.com')).to.be.empty;
        expect(records.filter(({ name }) => name === 'mx-out.example.com')).to.be.empty;
        expect(valuesOf(records, 'MX', 'example.com')).to.have.length(2);
        expect(planned.notes.join()).to.match(/outbound\.addresses: no public address/);
        expect(planned.notes.join()).to.match(
          /SPF of the domains is not planned: without outbound\.addresses/,
        );
      }
    });
  });
});
