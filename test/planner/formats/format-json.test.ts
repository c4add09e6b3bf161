import { composeJson } from '@mailpair/planner/formats/format-json';
import { planDns } from '@mailpair/planner/plan';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, quiet, roleOf } from '../pairs.ts';

describe('the DNS plan as JSON', () => {
  it('has absolute names, whole texts and MX values in parts', () => {
    const text = composeJson(
      planDns(
        pairOf({
          publish: quiet,
          inbound: roleOf('mx-in.example.com', '192.0.2.10'),
          outbound: roleOf('mx.provider.net', '192.0.2.20'),
        }),
      ),
    );
    expect(text.endsWith('}\n')).to.equal(true);
    expect(JSON.parse(text)).to.deep.equal({
      zones: [
        {
          zone: 'example.com.',
          records: [
            { name: 'mx-in.example.com.', type: 'A', ttl: 300, values: ['192.0.2.10'] },
            { name: 'mx-in.example.com.', type: 'TXT', ttl: 3600, values: ['v=spf1 a -all'] },
            {
              name: 'example.com.',
              type: 'MX',
              ttl: 3600,
              values: [
                { preference: 10, exchange: 'mx-in.example.com.' },
                { preference: 20, exchange: 'mx.provider.net.' },
              ],
            },
            {
              name: 'example.com.',
              type: 'TXT',
              ttl: 3600,
              values: ['v=spf1 ip4:192.0.2.20 ip4:192.0.2.10 ~all'],
            },
          ],
        },
      ],
      elsewhere: [
        { name: 'mx.provider.net.', type: 'A', ttl: 300, values: ['192.0.2.20'] },
        { name: 'mx.provider.net.', type: 'TXT', ttl: 3600, values: ['v=spf1 a -all'] },
      ],
      ptr: [
        { address: '192.0.2.10', name: '10.2.0.192.in-addr.arpa.', value: 'mx-in.example.com.' },
        { address: '192.0.2.20', name: '20.2.0.192.in-addr.arpa.', value: 'mx.provider.net.' },
      ],
      policies: [],
    });
  });
});
