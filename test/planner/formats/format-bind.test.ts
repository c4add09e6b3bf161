import { composeBind } from '@mailpair/planner/formats/format-bind';
import { planDns } from '@mailpair/planner/plan';
import { composeTxt } from '@mailpair/shared/dns-records/rdata';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { arbitraryKeys, arbitraryPair } from '../arbitrary-pairs.ts';
import { oneByOne, readMasterFile } from '../master-file.ts';
import { pairOf, publishOf, quiet, roleOf } from '../pairs.ts';

const nibblesOf10 = `0.1.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa.`;

describe('the DNS plan in master-file form', () => {
  it('has one record a line with absolute names, and the PTR requests as comments', () => {
    const text = composeBind(
      planDns(
        pairOf({
          publish: quiet,
          inbound: roleOf('mx-in.example.com', '192.0.2.10', '2001:db8::10'),
          outbound: roleOf('mx-out.example.com', '192.0.2.20'),
        }),
      ),
    );
    expect(text.replaceAll('\t', ' ')).to.equal(
      [
        '; zone example.com',
        'mx-in.example.com. 300 IN A 192.0.2.10',
        'mx-in.example.com. 300 IN AAAA 2001:db8::10',
        'mx-in.example.com. 3600 IN TXT "v=spf1 a -all"',
        'mx-out.example.com. 300 IN A 192.0.2.20',
        'mx-out.example.com. 3600 IN TXT "v=spf1 a -all"',
        'example.com. 3600 IN MX 10 mx-in.example.com.',
        'example.com. 3600 IN MX 20 mx-out.example.com.',
        'example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.20 ip4:192.0.2.10 ip6:2001:db8::10 ~all"',
        '',
        "; PTR records to request from the addresses' owner",
        '; 10.2.0.192.in-addr.arpa. IN PTR mx-in.example.com.',
        `; ${nibblesOf10} IN PTR mx-in.example.com.`,
        '; 20.2.0.192.in-addr.arpa. IN PTR mx-out.example.com.',
        '',
      ].join('\n'),
    );
  });

  it('puts the records of hosts elsewhere in a section of their own', () => {
    const text = composeBind(planDns(pairOf({ inbound: roleOf('mx.provider.net', '192.0.2.10') })));
    expect(text).to.match(
      /; for the zones of hosts outside the hosted domains\nmx\.provider\.net\.\t300\tIN\tA\t192/,
    );
  });

  describe('writes TXT', () => {
    it('in strings of at most 255 octets', () => {
      expect(composeTxt('a'.repeat(600))).to.equal(
        [255, 255, 90].map((length) => `"${'a'.repeat(length)}"`).join(' '),
      );
      expect(composeTxt('a'.repeat(255))).to.equal(`"${'a'.repeat(255)}"`);
      expect(composeTxt('')).to.equal('""');
    });

    it('with quotes, backslashes and other octets escaped', () => {
      expect(composeTxt('say "hi" \\ ü;\n')).to.equal('"say \\"hi\\" \\\\ \\195\\188;\\010"');
    });
  });

  it('says the MTA-STS policy once for all domains that share it, in comments', () => {
    const text = composeBind(
      planDns(
        pairOf({
          domains: [{ name: 'example.com' }, { name: 'example.net' }],
          publish: publishOf({ mtaSts: { mode: 'testing', maxAgeMs: 604_800_000, host: 'www.example.com' } }),
        }),
      ),
    );
    expect(text).to.include(
      [
        '; MTA-STS policy to serve as',
        '; https://mta-sts.example.com/.well-known/mta-sts.txt',
        '; https://mta-sts.example.net/.well-known/mta-sts.txt',
        ';   version: STSv1',
        ';   mode: testing',
        ';   mx: mx-in.example.com',
        ';   mx: mx-out.example.com',
        ';   max_age: 604800',
        '',
      ].join('\n'),
    );
  });

  it('read back is the plan, whatever the pair', () => {
    fc.assert(
      fc.property(arbitraryPair, arbitraryKeys, (pair, keys) => {
        const plan = planDns(pair, keys);
        const planned = [...plan.zones.flatMap(({ records }) => records), ...plan.elsewhere];
        expect(readMasterFile(composeBind(plan))).to.deep.equal(planned.flatMap(oneByOne));
      }),
    );
  });
});
