import { planDns, policiesToServe, type DnsPlan } from '@mailpair/planner/plan';
import { noPublicKeys, type PublicKeys } from '@mailpair/planner/public-keys';
import type { HostKey } from '@mailpair/planner/plan-tlsa';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pairOf, publishOf } from './pairs.ts';
import { namesOfType, textAt, valuesAt } from './planned.ts';

type Publish = Parameters<typeof publishOf>[0];

const plan = (publish: Publish = {}, keys: Partial<PublicKeys> = {}, ...domains: string[]): DnsPlan =>
  planDns(
    pairOf({
      publish: publishOf(publish),
      domains: ['example.com', ...domains].map((name) => ({ name })),
      tls: { certFile: '/cert' },
    }),
    { ...noPublicKeys, ...keys },
  );

const mtaSts = (
  mode: 'off' | 'none' | 'testing' | 'enforce',
  host: string | null = 'mta-sts.example.com',
): Publish => ({
  mtaSts: { mode, maxAgeMs: 604_800_000, host },
});

const keyFor = (digit: string, ...names: string[]): HostKey => ({
  file: `/${digit}`,
  digest: digit.repeat(64),
  covers: (name) => names.includes(name),
  selfSigned: false,
});
const bareKey = (digit: string): HostKey => ({ ...keyFor(digit), covers: null });
const digestsAt = (planned: DnsPlan, name: string): string[] | undefined =>
  (valuesAt(planned, `_25._tcp.${name}`, 'TLSA') as { data: string }[] | undefined)?.map(({ data }) =>
    data.slice(0, 1),
  );

describe('the DNS plan of a hosted domain', () => {
  describe('by default', () => {
    it('stops nobody: DMARC asks for nothing, MTA-STS is left out, SPF ends softly', () => {
      const planned = plan();
      expect(textAt(planned, '_dmarc.example.com')).to.equal('v=DMARC1; p=none');
      expect(planned.policies).to.be.empty;
      expect(textAt(planned, '_mta-sts.example.com')).to.equal(undefined);
      expect(textAt(planned, 'example.com')).to.match(/ ~all$/);
    });

    it('plans no TLSA, CAA, TLS-RPT and DKIM records, and says why', () => {
      const planned = planDns(pairOf());
      expect(namesOfType(planned, 'TLSA')).to.be.empty;
      expect(namesOfType(planned, 'CAA')).to.be.empty;
      expect(planned.notes.join('\n'))
        .to.match(/No TLSA records are planned: without tls\.certFile/)
        .and.match(/publish\.tlsRpt\.rua is empty/)
        .and.match(/no usable key in \/etc\/mailpair\/dkim for example\.com/);
    });
  });

  describe('SPF', () => {
    it('names other senders and ends as publish.spf says', () => {
      const spf = textAt(plan({ spf: { terms: ['include:_spf.example.net'], all: 'fail' } }), 'example.com');
      expect(spf).to.match(/^v=spf1 ip4:192\.0\.2\.20 .* include:_spf\.example\.net -all$/);
    });

    it('notes more than ten terms that need look-ups, and more octets than receivers can read', () => {
      const terms = Array.from(
        { length: 11 },
        (_, index) => `include:_spf${index}.of-a-long-name.mail.example.net`,
      );
      const { notes } = plan({ spf: { terms, all: 'fail' } });
      expect(notes.join())
        .to.match(/11 terms need look-ups/)
        .and.match(/SPF takes \d{3} octets/);
      expect(plan({ spf: { terms: terms.slice(1), all: 'fail' } }).notes.join()).not.to.match(/look-ups/);
    });
  });

  describe('DKIM', () => {
    const key = (domain: string, selector: string) => ({
      domain,
      selector,
      record: `v=DKIM1; p=${selector}`,
    });

    it('has a record for every selector, so that one can follow another', () => {
      const planned = plan({}, { dkim: [key('example.com', 's1'), key('example.com', 's2')] });
      expect(textAt(planned, 's1._domainkey.example.com')).to.equal('v=DKIM1; p=s1');
      expect(textAt(planned, 's2._domainkey.example.com')).to.equal('v=DKIM1; p=s2');
    });

    it('is missed only for domains without a key', () => {
      const planned = plan({}, { dkim: [key('example.com', 's1')] }, 'example.net');
      expect(textAt(planned, 's1._domainkey.example.net')).to.equal(undefined);
      expect(planned.notes.join()).to.match(/dkim\.keys: no usable key in \S+ for example\.net,/);
    });
  });

  describe('DMARC', () => {
    it('has policy and report addresses', () => {
      const dmarc = { policy: 'reject', rua: ['a@example.com', 'b@example.com'] } as const;
      expect(textAt(plan({ dmarc }), '_dmarc.example.com')).to.equal(
        'v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.com',
      );
    });

    it('lets the domain that gets the reports agree to it, where that is ours', () => {
      const dmarc = { policy: 'none', rua: ['dmarc@example.com'] } as const;
      const planned = plan({ dmarc }, {}, 'example.net', 'lists.example.com');
      expect(textAt(planned, 'example.net._report._dmarc.example.com')).to.equal('v=DMARC1');
      expect(textAt(planned, 'lists.example.com._report._dmarc.example.com')).to.equal(undefined);
    });

    it('says that others must agree, and has their records for them', () => {
      const planned = plan({ dmarc: { policy: 'none', rua: ['dmarc@reports.example'] } });
      expect(planned.elsewhere.map(({ name }) => name)).to.include(
        'example.com._report._dmarc.reports.example',
      );
      expect(planned.notes.join()).to.include('send reports to reports.example only if it agrees');
    });

    it('is not planned when off', () => {
      expect(textAt(plan({ dmarc: { policy: 'off', rua: [] } }), '_dmarc.example.com')).to.equal(undefined);
    });
  });

  describe('TLS-RPT', () => {
    it('has the addresses', () => {
      expect(textAt(plan({ tlsRpt: { rua: ['tls@example.com'] } }), '_smtp._tls.example.com')).to.equal(
        'v=TLSRPTv1; rua=mailto:tls@example.com',
      );
    });
  });

  describe('MTA-STS', () => {
    it('has a policy that names both MX hosts, in CRLF lines', () => {
      expect(plan(mtaSts('enforce')).policies).to.deep.include({
        domain: 'example.com',
        url: 'https://mta-sts.example.com/.well-known/mta-sts.txt',
        id: plan(mtaSts('enforce')).policies[0]?.id,
        text: 'version: STSv1\r\nmode: enforce\r\nmx: mx-in.example.com\r\nmx: mx-out.example.com\r\nmax_age: 604800\r\n',
      });
    });

    it('has an id of at most 32 letters and digits that is another when the policy is another, and only then', () => {
      const idOf = (planned: DnsPlan): unknown => textAt(planned, '_mta-sts.example.com');
      expect(idOf(plan(mtaSts('testing')))).to.match(/^v=STSv1; id=[0-9a-z]{1,32};$/);
      expect(idOf(plan({ ...mtaSts('testing'), ttlMs: 60_000 }, {}, 'example.net'))).to.equal(
        idOf(plan(mtaSts('testing'))),
      );
      expect(idOf(plan(mtaSts('enforce')))).not.to.equal(idOf(plan(mtaSts('testing'))));
    });

    it('is not enforced without a certificate, or with one that is its own issuer, and says so', () => {
      const pair = pairOf({ publish: publishOf(mtaSts('enforce')) });
      const selfSigned = {
        ...noPublicKeys,
        hosts: [{ ...keyFor('a', 'mx-in.example.com'), file: '/cert', selfSigned: true }],
      };
      for (const planned of [planDns(pair), planDns({ ...pair, tls: { certFile: '/cert' } }, selfSigned)]) {
        expect(planned.policies[0]?.text).to.include('mode: testing');
        expect(planned.notes.join()).to.include('enforce would stop mail');
      }
    });

    it('has an alias of the web server where one is named', () => {
      expect(
        valuesAt(plan(mtaSts('testing', 'www.example.net')), 'mta-sts.example.com', 'CNAME'),
      ).to.deep.equal(['www.example.net']);
      expect(namesOfType(plan(mtaSts('testing')), 'CNAME')).to.be.empty;
    });

    it('is not planned without a web server, whatever the mode; a note says why and how to add it', () => {
      for (const mode of ['none', 'testing', 'enforce'] as const) {
        const planned = plan(mtaSts(mode, null));
        expect(planned.policies).to.be.empty;
        expect(textAt(planned, '_mta-sts.example.com')).to.equal(undefined);
        expect(planned.notes.join())
          .to.include('publish.mtaSts.host names no web server, so no MTA-STS record is planned')
          .and.include('mailpair dns plan --policy')
          .and.include('https://mta-sts.example.com/.well-known/mta-sts.txt');
      }
      expect(plan(mtaSts('off', null)).notes.join()).not.to.include('mtaSts');
    });

    it('has a text to serve before a web server is named', () => {
      const pair = (host: string | null) => pairOf({ publish: publishOf(mtaSts('testing', host)) });
      expect(policiesToServe(pair(null))).to.deep.equal(planDns(pair('www.example.com')).policies);
    });

    it('has no alias where the name has other records', () => {
      const planned = plan({
        ...mtaSts('testing', 'www.example.net'),
        texts: new Map([['mta-sts.example.com', ['x']]]),
      });
      expect(namesOfType(planned, 'CNAME')).to.be.empty;
      expect(planned.notes.join()).to.include(
        'mta-sts.example.com has other records, so it cannot be an alias',
      );
    });

    it('is not planned when off', () => {
      expect(plan(mtaSts('off')).policies).to.be.empty;
      expect(textAt(plan(mtaSts('off')), '_mta-sts.example.com')).to.equal(undefined);
    });
  });

  describe('TLSA', () => {
    const [inbound, outbound] = ['mx-in.example.com', 'mx-out.example.com'];

    it('is 3 1 1 with the digest of the key', () => {
      const planned = plan({}, { hosts: [keyFor('a', inbound)] });
      expect(valuesAt(planned, `_25._tcp.${inbound}`, 'TLSA')).to.deep.equal([
        { usage: 3, selector: 1, matching: 1, data: 'a'.repeat(64) },
      ]);
    });

    it('is planned for the hosts that a certificate is for, and missed for the other', () => {
      const planned = plan({}, { hosts: [keyFor('a', inbound)] });
      expect(digestsAt(planned, outbound)).to.equal(undefined);
      expect(planned.notes.join()).to.include(`No TLSA record is planned for ${outbound}`);
    });

    it('holds the next key beside the present one, so that it can be changed', () => {
      const next = plan({}, { hosts: [keyFor('a', inbound, outbound), keyFor('b', inbound), bareKey('c')] });
      expect(digestsAt(next, inbound)).to.deep.equal(['a', 'b', 'c']);
      expect(digestsAt(next, outbound)).to.deep.equal(['a', 'c']);
    });

    it('is not planned from a bare key alone, which may not be in use', () => {
      expect(digestsAt(plan({}, { hosts: [bareKey('a')] }), inbound)).to.equal(undefined);
    });

    it('of a role with nodes needs the key of each', () => {
      const nodes = ['in1.example.com', 'in2.example.com'];
      const planWith = (...hosts: HostKey[]): DnsPlan =>
        planDns(
          pairOf({
            inbound: {
              host: inbound,
              addresses: ['192.0.2.10'],
              nodes: nodes.map((host) => ({ host, addresses: ['192.0.2.10'] })),
            },
          }),
          { ...noPublicKeys, hosts },
        );
      expect(digestsAt(planWith(keyFor('a', 'in1.example.com')), inbound)).to.equal(undefined);
      expect(
        digestsAt(planWith(...nodes.map((name, index) => keyFor(`${index}`, name))), inbound),
      ).to.deep.equal(['0', '1']);
      expect(digestsAt(planWith(keyFor('a', inbound)), inbound)).to.deep.equal(['a']);
    });

    it('is not planned when publish.tlsa is false', () => {
      expect(digestsAt(plan({ tlsa: false }, { hosts: [keyFor('a', inbound)] }), inbound)).to.equal(
        undefined,
      );
    });
  });

  it('has CAA at the names of the hosts, and none at the domain, whose web site has its own', () => {
    const planned = plan({ caa: ['letsencrypt.org', 'ca.example'] });
    expect(namesOfType(planned, 'CAA')).to.deep.equal(['mx-in.example.com', 'mx-out.example.com']);
    expect(valuesAt(planned, 'mx-in.example.com', 'CAA')).to.deep.equal([
      { flags: 0, tag: 'issue', value: 'letsencrypt.org' },
      { flags: 0, tag: 'issue', value: 'ca.example' },
    ]);
  });

  it('keeps the other texts of a name beside SPF', () => {
    const planned = plan({ texts: new Map([['example.com', ['site-verification=1']]]) });
    expect(valuesAt(planned, 'example.com', 'TXT'))
      .to.have.length(2)
      .and.include('site-verification=1');
  });

  it('leaves out names longer than DNS allows, and says so', () => {
    const long = `${`${'x'.repeat(61)}.`.repeat(4)}com`;
    const planned = plan({}, {}, long);
    expect(textAt(planned, `_dmarc.${long}`)).to.equal(undefined);
    expect(planned.notes.join()).to.include('longer than DNS allows');
    expect(valuesAt(planned, long, 'MX')).to.have.length(2);
  });

  describe('in its zone', () => {
    const zonesOf = ({ zones }: DnsPlan): string[] => zones.map(({ zone }) => zone);

    it('is that of publish.zones which it lies in, else one of its own', () => {
      expect(zonesOf(plan({ zones: ['example.com'] }, {}, 'lists.example.com', 'example.net'))).to.deep.equal(
        ['example.com', 'example.net'],
      );
    });

    it('is by default its own, even within another hosted domain, with a hint what to do if not', () => {
      const planned = plan({}, {}, 'lists.example.com');
      expect(zonesOf(planned)).to.deep.equal(['example.com', 'lists.example.com']);
      expect(planned.notes.join()).to.include('lists.example.com is assumed to be a zone of its own');
    });

    it('may be a zone for hosts alone', () => {
      const planned = planDns(
        pairOf({ domains: [{ name: 'example.net' }], publish: publishOf({ zones: ['example.com'] }) }),
      );
      expect(zonesOf(planned)).to.deep.equal(['example.net', 'example.com']);
      expect(planned.elsewhere).to.be.empty;
    });
  });
});
