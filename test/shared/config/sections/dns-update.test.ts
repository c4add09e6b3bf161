import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'dns.update',
  `
  dns: { update: { server: ns1.example.com, keyFile: /k } }
    dns.update.server | ns1.example.com | is not the address of a DNS server | write an address
  dns: { update: { server: 192.0.2.53 } }
    dns.update.keyFile | nothing | is missing: 192.0.2.53:53 takes updates by a TSIG key only | tsig-keygen
  dns: { update: { keyFile: dns.key } }
    dns.update.keyFile | dns.key | is a relative path | starting with /
  dns: { update: { zone: '192.0.2.53' } }
    dns.update.zone | 192.0.2.53 | is an address | write a domain
  dns: { update: { ttl: 10m } }
    dns.update.interval | 5m | is shorter than dns.update.ttl | write 10m or more
  dns: { update: { interval: 1m, check: 2m } }
    dns.update.check | 2m | is longer than dns.update.interval | write 1m or less
  dns: { update: { ttl: 10ms } }
    dns.update.ttl | 10ms | is too short | write 1s or more
  dns: { update: { look: 10.0.0.11 } }
    dns.update.look | 10.0.0.11 | is not a mapping | write a mapping
  dns: { update: { look: { "192.0.2.11": "10.0.0.11" } } }
    dns.update.look["192.0.2.11"] | 10.0.0.11 | is not the address of a listener | write a host and a port
  dns: { update: { look: { in1.example.com: "10.0.0.11:2525" } } }
    dns.update.look["in1.example.com"] | in1.example.com | is not an address | write an IPv4
  dns: { update: { floor: 0 } }
    dns.update.floor | 0 | is not a whole number from 1 to 100 | write
`,
);

describe('the keys of dns.update', () => {
  const nodes =
    'inbound: { host: mx-in.example.com, nodes: [{ host: in1.example.com, addresses: [192.0.2.11] }, ' +
    '{ host: in2.example.com, addresses: [192.0.2.12] }] }\n';

  it('have defaults that withdraw, and no server', () => {
    expect(readText(minimal()).settings?.dns.update).to.deep.equal({
      server: null,
      zone: null,
      keyFile: null,
      ttlMs: 60_000,
      intervalMs: 300_000,
      checkMs: 10_000,
      look: new Map(),
      floor: 1,
    });
  });

  it('give the server a port when it has none', () => {
    const { settings } = readText(`dns: { update: { server: "2001:DB8::53", keyFile: /k } }\n${minimal()}`);
    expect(settings?.dns.update.server).to.deep.equal({ host: '2001:db8::53', port: 53 });
  });

  it('warn of a place to look at that is for no address of the pair', () => {
    const update =
      'dns: { update: { look: { "192.0.2.11": "10.0.0.11:2525", "192.0.2.99": "10.0.0.9:25" } } }\n';
    const { settings, warnings } = readText(update + nodes + minimal('inbound'));
    expect(settings?.dns.update.look.get('192.0.2.11')).to.deep.equal({ host: '10.0.0.11', port: 2525 });
    const paths = warnings.map(({ path }) => path).filter((path) => path.startsWith('dns.update'));
    expect(paths).to.deep.equal(['dns.update.look["192.0.2.99"]']);
  });

  it('warn of a floor under which no node could be withdrawn', () => {
    const update = 'dns: { update: { server: 192.0.2.53, keyFile: /k, floor: 2 } }\n';
    const { warnings } = readText(update + nodes + minimal('inbound'));
    const warning = warnings.find(({ path }) => path === 'dns.update.floor');
    expect(warning?.problem).to.include('no less than the 2 nodes of inbound');
  });

  it('warn of a key file that others may read or that is missing, whichever host it is', () => {
    const { warnings } = readText(
      `dns: { update: { server: 192.0.2.53, keyFile: /none/such } }\n${minimal()}`,
    );
    const warning = warnings.find(({ path }) => path === 'dns.update.keyFile');
    expect(warning?.problem).to.include('the TSIG key does not exist');
    const { faults } = readText(
      `dns: { update: { server: 192.0.2.53, keyFile: /none/such } }\n${minimal()}`,
      {
        role: 'inbound',
      },
    );
    expect(faults).to.deep.equal([]);
  });
});
