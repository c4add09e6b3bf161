import { answerOf } from '@mailpair/planner/verify/format-report';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { codesAfter, codesOf, fullPublish, INBOUND, OUTBOUND, verifyIn, type World } from './published.ts';

const v4 = '20.2.0.192.in-addr.arpa';

describe('the check of addresses', () => {
  it('names an address that is missing, and not what follows from it', async () => {
    expect(await codesAfter((world) => world.remove(OUTBOUND, 'A'))).to.deep.equal(['fault address-missing']);
  });

  it('names an address that is not planned', async () => {
    const { findings } = await verifyIn((world) => world.add(INBOUND, 'AAAA', '2001:db8::99'));
    expect(findings.map(({ code }) => code)).to.deep.equal(['address-other']);
    expect(findings[0]?.problem).to.include('2001:db8::99');
  });

  it('names both when an address is another one', async () => {
    expect(await codesAfter((world) => world.set(INBOUND, 'A', ['192.0.2.11']))).to.deep.equal([
      'fault address-missing',
      'fault address-other',
    ]);
  });

  const nodes = ['192.0.2.11', '192.0.2.12'].map((address, index) => ({
    host: `in${index + 1}.example.com`,
    addresses: [address],
  }));
  const pair = { inbound: { host: INBOUND, addresses: ['192.0.2.11', '192.0.2.12'], nodes } };
  const withdraw = (world: Parameters<Parameters<typeof verifyIn>[0]>[0]): void =>
    world.set(INBOUND, 'A', ['192.0.2.11']);

  it('remarks an address that balancer dns-rr has withdrawn, and faults it where there is no balancer', async () => {
    expect(await codesAfter(withdraw, { pair, updates: true })).to.deep.equal(['remark address-withdrawn']);
    expect(await codesAfter(withdraw, { pair })).to.deep.equal(['fault address-missing']);
  });

  it('faults a name without any address even under balancer dns-rr', async () => {
    const found = await codesAfter((world) => world.remove(INBOUND, 'A'), { pair, updates: true });
    expect(found).to.deep.equal(['fault address-missing']);
  });

  it('names a machine whose name is an alias', async () => {
    expect(await codesAfter((world) => world.alias('in1.example.com', INBOUND), { pair })).to.deep.equal([
      'fault host-alias',
    ]);
  });
});

describe('the check of PTR records', () => {
  it('names an address without one, and the record to ask for', async () => {
    const { findings } = await verifyIn((world) => world.remove(v4, 'PTR'));
    expect(findings.map(({ code }) => code)).to.deep.equal(['ptr-missing']);
    expect(findings[0]?.shouldBe).to.deep.equal([`${v4}. 3600 IN PTR ${OUTBOUND}.`]);
  });

  it('names one that is not the name in EHLO', async () => {
    const found = await codesAfter((world) => world.set(v4, 'PTR', ['host20.provider.example']));
    expect(found).to.deep.equal(['fault ptr-mismatch']);
  });

  it('remarks several names', async () => {
    const found = await codesAfter((world) => world.add(v4, 'PTR', 'host20.provider.example'));
    expect(found).to.deep.equal(['remark ptr-several']);
  });

  it('follows the alias of a delegated range (RFC 2317)', async () => {
    const found = await codesAfter((world) => {
      world.alias(v4, '20.16-31.2.0.192.in-addr.arpa');
      world.set('20.16-31.2.0.192.in-addr.arpa', 'PTR', [OUTBOUND]);
    });
    expect(found).to.deep.equal([]);
  });
});

describe('the check of texts', () => {
  for (const [title, name, value, code] of [
    ['another DKIM key', 'gw1._domainkey.example.com', 'v=DKIM1; k=rsa; p=MIIBother', 'fault dkim-other-key'],
    ['a revoked DKIM key', 'gw1._domainkey.example.com', 'v=DKIM1; p=', 'fault dkim-other-key'],
    ['a DKIM key in testing', 'gw1._domainkey.example.com', 'k=rsa; t=y; p=MIIBkey', 'remark dkim-tags'],
    ['another DMARC policy', '_dmarc.example.com', 'v=DMARC1; p=reject', 'fault dmarc-differs'],
    [
      'another TLS-RPT address',
      '_smtp._tls.example.com',
      'v=TLSRPTv1; rua=mailto:x@y.example',
      'fault tls-rpt-differs',
    ],
    ['another MTA-STS id', '_mta-sts.example.com', 'v=STSv1; id=1;', 'fault mta-sts-differs'],
  ] as const)
    it(`names ${title}`, async () => {
      expect(await codesAfter((world) => world.set(name, 'TXT', [value]))).to.deep.equal([code]);
    });

  for (const [name, code] of [
    ['gw1._domainkey.example.com', 'dkim'],
    ['_dmarc.example.com', 'dmarc'],
    ['_smtp._tls.example.com', 'tls-rpt'],
    ['_mta-sts.example.com', 'mta-sts'],
  ] as const) {
    it(`names a missing ${code} record`, async () => {
      expect(await codesAfter((world) => world.remove(name, 'TXT'))).to.deep.equal([`fault ${code}-missing`]);
    });

    it(`names two ${code} records`, async () => {
      const two = {
        dkim: 'v=DKIM1; p=x',
        dmarc: 'v=DMARC1; p=none',
        'tls-rpt': 'v=TLSRPTv1; rua=mailto:a@b.example',
        'mta-sts': 'v=STSv1; id=2;',
      };
      const found = await codesAfter((world) => world.add(name, 'TXT', two[code]));
      expect(found).to.deep.equal([`fault ${code}-several`]);
    });
  }

  it('remarks a key that waits, published or not, and faults another key in its place', async () => {
    const name = 'gw2._domainkey.example.com';
    const active = { domain: 'example.com', selector: 'gw1', record: 'v=DKIM1; k=rsa; p=MIIBkey' };
    const waiting = { domain: 'example.com', selector: 'gw2', record: 'v=DKIM1; k=rsa; p=MIIBnext' };
    const keys = { dkim: [active, { ...waiting, isWaiting: true }] };
    const published = await verifyIn(() => undefined, { keys });
    expect(codesOf(published)).to.deep.equal(['remark dkim-waiting']);
    expect(answerOf(published)).to.equal('same');
    const unpublished = await verifyIn((world) => world.remove(name, 'TXT'), { keys });
    expect(codesOf(unpublished)).to.deep.equal(['remark dkim-waiting']);
    expect(unpublished.findings[0]?.fix).to.include('mailpair dkim activate');
    expect(unpublished.findings[0]?.shouldBe.join()).to.include('MIIBnext');
    const other = (world: World): void => world.set(name, 'TXT', ['v=DKIM1; p=MIIBother']);
    expect(await codesAfter(other, { keys })).to.deep.equal(['fault dkim-other-key']);
    const remove = (world: World): void => world.remove(name, 'TXT');
    const signing = { dkim: [active, waiting] };
    expect(await codesAfter(remove, { keys: signing })).to.deep.equal(['fault dkim-missing']);
  });

  it('takes other spacing and order of tags for the same', async () => {
    const found = await codesAfter((world) => {
      world.set('gw1._domainkey.example.com', 'TXT', ['p=MIIB key; v=DKIM1']);
      world.set('_dmarc.example.com', 'TXT', ['v=DMARC1;p=none ; rua=mailto:dmarc@example.com;']);
    });
    expect(found).to.deep.equal([]);
  });

  it('leaves texts of others alone, and names one of the operator that is missing', async () => {
    const found = await codesAfter((world) => world.add('example.com', 'TXT', 'another-verification=5'));
    expect(found).to.deep.equal([]);
    expect(
      await codesAfter((world) =>
        world.set('example.com', 'TXT', ['v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all']),
      ),
    ).to.deep.equal(['fault text-missing']);
  });
});

describe('the check of other records', () => {
  it('names CAA records that are missing or other', async () => {
    expect(await codesAfter((world) => world.remove(INBOUND, 'CAA'))).to.deep.equal(['fault caa-missing']);
    const other = { flags: 0, tag: 'issue', value: 'other.example' };
    expect(await codesAfter((world) => world.add(INBOUND, 'CAA', other))).to.deep.equal([
      'fault caa-differs',
    ]);
  });

  it('names the policy host when it is missing or leads elsewhere', async () => {
    const missing = await codesAfter((world) => world.remove('mta-sts.example.com', 'CNAME'));
    expect(missing).to.deep.equal(['fault alias-missing', 'fault mta-sts-policy-missing']);
    const elsewhere = await codesAfter((world) => {
      world.remove('mta-sts.example.com', 'CNAME');
      world.set('mta-sts.example.com', 'A', ['192.0.2.81']);
    });
    expect(elsewhere).to.deep.equal(['fault alias-differs']);
  });
});

describe('the check of TTLs', () => {
  it('names records that outlast a planned move, and only those that move', async () => {
    const { findings } = await verifyIn(() => undefined, { isMovePlanned: true });
    expect(new Set(findings.map(({ code }) => code))).to.deep.equal(new Set(['ttl-too-long']));
    expect(findings.map(({ subject }) => subject))
      .to.include('example.com')
      .and.to.include(`_25._tcp.${INBOUND}`);
    expect(findings.map(({ subject }) => subject)).not.to.include('_dmarc.example.com');
    expect(findings[0]?.shouldBe[0]).to.include(' 300 IN ');
  });

  it('is content with short ones before a move', async () => {
    const publish = { ...fullPublish(), ttlMs: 300_000 };
    expect(await codesAfter(() => undefined, { isMovePlanned: true, pair: { publish } })).to.deep.equal([]);
  });

  it('remarks a TTL longer than planned, but not one that a cache has counted down', async () => {
    const long = (world: Parameters<Parameters<typeof verifyIn>[0]>[0]): void =>
      world.set(INBOUND, 'A', ['192.0.2.10'], 86_400);
    expect(await codesAfter(long)).to.deep.equal(['remark ttl-longer']);
    const throughCache = await codesAfter((world) => {
      long(world);
      world.mark({ authoritative: false });
    });
    expect(throughCache).to.deep.equal([]);
  });
});

describe('the check of name servers', () => {
  it('names those that disagree, with what each says', async () => {
    const { findings } = await verifyIn((world) => {
      world.second(INBOUND, 'A', {
        kind: 'records',
        records: [{ name: INBOUND, type: 'A', ttl: 300, value: '192.0.2.9' }],
        secure: true,
        authoritative: true,
      });
    });
    expect(findings.map(({ code }) => code)).to.deep.equal(['servers-disagree']);
    expect(findings[0]?.is.join('\n')).to.include('192.0.2.9 ; ns2').and.to.include('192.0.2.10 ; ns1');
  });

  it('do not disagree in TTL only', async () => {
    const found = await codesAfter((world) => {
      world.second(INBOUND, 'A', {
        kind: 'records',
        records: [{ name: INBOUND, type: 'A', ttl: 17, value: '192.0.2.10' }],
        secure: true,
        authoritative: true,
      });
    });
    expect(found).to.deep.equal([]);
  });

  it('names one that does not serve the zone, once', async () => {
    const { findings } = await verifyIn((world) => {
      for (const type of ['A', 'AAAA', 'CAA', 'TXT'] as const)
        world.second(INBOUND, type, { kind: 'lame', zone: 'example.com', why: 'answers REFUSED' });
    });
    expect(findings.map(({ code, problem }) => `${code} ${problem}`)).to.deep.equal([
      'server-lame ns2.example.com (192.0.2.54:53) is a name server of example.com by its NS records, and answers REFUSED.',
    ]);
  });

  it('tells of one that keeps silent as of one that could not be asked', async () => {
    const { findings, unasked } = await verifyIn((world) =>
      world.second(INBOUND, 'A', { kind: 'unknown', why: 'gives no answer in time' }),
    );
    expect(findings).to.deep.equal([]);
    expect(unasked).to.deep.equal([
      { who: 'ns2.example.com (192.0.2.54:53)', why: 'gives no answer in time', questions: [`A ${INBOUND}`] },
    ]);
  });
});
