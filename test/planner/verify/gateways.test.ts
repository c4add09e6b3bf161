import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import type { Door } from '@mailpair/planner/verify/world';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { publishOf } from '../pairs.ts';
import { certificate, codesAfter, digest, INBOUND, OUTBOUND, verifyIn, type World } from './published.ts';

type Answered = Door & { kind: 'answered' };
type Tls = Answered['tls'];

const day = 86_400_000;
const validTo = Date.parse(certificate.validTo);
const withTls =
  (tls: Tls) =>
  (door: Answered): Door => ({ ...door, tls });
const presenting = (chain: readonly X509Certificate[], distrust: string | null = null): Tls => ({
  kind: 'done',
  chain,
  distrust,
});
const tlsa = (data: string, usage = 3) => ({ usage, selector: 1, matching: 1, data });
const enforced = (planned: string): string => planned.replace('testing', 'enforce');

describe('the check of the gateways', () => {
  let other: X509Certificate;

  before(async () => {
    other = new X509Certificate((await selfSigned(['other.example.com'])).cert);
  });

  it('names a host that greets by another name', async () => {
    const { findings } = await verifyIn((world) =>
      world.door(OUTBOUND, (door) => ({ ...door, greeting: { code: 220, text: `${INBOUND} ESMTP` } })),
    );
    expect(findings.map(({ code }) => code)).to.deep.equal(['greeting-name']);
    expect(findings[0]?.problem).to.equal(`Port 25 of ${OUTBOUND} greets as ${INBOUND}, not as ${OUTBOUND}.`);
  });

  it('faults a greeting that refuses for good, and remarks one that is busy', async () => {
    for (const [code, expected] of [
      [554, 'fault gateway-refuses'],
      [421, 'remark gateway-busy'],
    ] as const) {
      const greeting = { code, text: 'no' };
      const found = await codesAfter((world) =>
        world.door(INBOUND, () => ({ kind: 'answered', greeting, tls: { kind: 'not-asked' } })),
      );
      expect(found).to.deep.equal([expected]);
    }
  });

  it('names a host without STARTTLS, and one where it fails', async () => {
    expect(await codesAfter((world) => world.door(OUTBOUND, withTls({ kind: 'not-offered' })))).to.deep.equal(
      ['fault no-starttls'],
    );
    const failed = withTls({ kind: 'failed', why: 'handshake failure' });
    expect(await codesAfter((world) => world.door(OUTBOUND, failed))).to.deep.equal(['fault tls-failed']);
  });

  it('names a certificate that does not cover the MX name', async () => {
    const { findings } = await verifyIn(
      (world) => {
        world.door(OUTBOUND, withTls(presenting([other])));
        world.remove(`_25._tcp.${OUTBOUND}`, 'TLSA');
      },
      { keys: { hosts: [] } },
    );
    expect(findings.map(({ code }) => code)).to.deep.equal(['certificate-name']);
    expect(findings[0]?.problem).to.include('is for other.example.com, not for');
  });

  it('names a certificate that has expired, or is not yet valid, and remarks one that soon expires', async () => {
    const nothing = (): void => undefined;
    expect(await codesAfter(nothing, { now: validTo + 1 })).to.deep.equal(['fault certificate-expired']);
    expect(await codesAfter(nothing, { now: validTo - 13 * day })).to.deep.equal([
      'remark certificate-expires-soon',
    ]);
    expect(await codesAfter(nothing, { now: validTo - 15 * day })).to.deep.equal([]);
    const early = Date.parse(certificate.validFrom) - day;
    expect(await codesAfter(nothing, { now: early })).to.deep.equal(['fault certificate-not-yet-valid']);
  });

  it('faults a certificate that nobody vouches for only where MTA-STS is enforced', async () => {
    const untrusted = withTls(presenting([certificate], 'it is self-signed'));
    expect(await codesAfter((world) => world.door(OUTBOUND, untrusted))).to.deep.equal([
      'remark certificate-untrusted',
    ]);
    const found = await codesAfter((world) => {
      world.door(OUTBOUND, untrusted);
      world.policy(enforced);
    });
    expect(found).to.include('fault certificate-untrusted');
  });

  it('tells once what is so at every address, and names the address that is otherwise', async () => {
    const { findings } = await verifyIn((world) => {
      world.door(INBOUND, withTls({ kind: 'not-offered' }));
      world.door(OUTBOUND, (door, address) =>
        address === '2001:db8::20' ? { ...door, tls: { kind: 'not-offered' } } : door,
      );
    });
    expect(findings.map(({ problem }) => problem)).to.deep.equal([
      `${INBOUND} does not offer STARTTLS on port 25.`,
      `${OUTBOUND} does not offer STARTTLS on port 25 (at 2001:db8::20).`,
    ]);
  });

  it('remarks addresses that this machine has no way to', async () => {
    expect(await codesAfter((world) => world.door(INBOUND, () => ({ kind: 'no-route' })))).to.deep.equal([
      'remark no-route',
    ]);
  });
});

describe('the check of TLSA records', () => {
  const at = `_25._tcp.${OUTBOUND}`;

  it('names records that fit no key of the second MX, and gives the one that does', async () => {
    const { findings } = await verifyIn((world) => world.set(at, 'TLSA', [tlsa('00'.repeat(32))]));
    expect(findings.map(({ code }) => code)).to.deep.equal(['tlsa-mismatch', 'tlsa-differs']);
    expect(findings[0]?.shouldBe).to.deep.equal([`${at}. 300 IN TLSA 3 1 1 ${digest}`]);
  });

  it('names a host that lacks the records that are planned', async () => {
    expect(await codesAfter((world) => world.remove(at, 'TLSA'))).to.deep.equal([
      'fault tlsa-missing',
      'remark tlsa-one-sided',
    ]);
  });

  it('checks records that nobody planned', async () => {
    const unplanned = { keys: { hosts: [] } };
    const misfit = await codesAfter((world) => world.set(at, 'TLSA', [tlsa('00'.repeat(32))]), unplanned);
    expect(misfit).to.deep.equal(['fault tlsa-mismatch', 'remark tlsa-one-sided']);
    const fit = await codesAfter((world) => world.set(at, 'TLSA', [tlsa(digest)]), unplanned);
    expect(fit).to.deep.equal(['remark tlsa-one-sided']);
  });

  it('remarks the record of a key that is not ours, beside ours', async () => {
    const found = await codesAfter((world) => world.add(at, 'TLSA', tlsa('00'.repeat(32))));
    expect(found).to.deep.equal(['remark tlsa-extra']);
  });

  it('takes usages 0 and 1 for of no use', async () => {
    const found = await codesAfter((world) => world.set(at, 'TLSA', [tlsa(digest, 1)]), {
      keys: { hosts: [] },
    });
    expect(found).to.include('fault tlsa-mismatch');
  });

  it('remarks that they have no effect in a zone that is not signed', async () => {
    expect(await codesAfter((world) => world.mark({ secure: false }))).to.deep.equal([
      'remark tlsa-without-dnssec',
    ]);
  });
});

describe('the check of the MTA-STS policy', () => {
  for (const [title, change, code] of [
    [
      'lacks the second MX',
      (text: string) => text.replace(`mx: ${OUTBOUND}\r\n`, ''),
      'fault mta-sts-lacks-host',
    ],
    ['is enforced against the plan', enforced, 'fault mta-sts-policy-differs'],
    [
      'names others too',
      (text: string) => `${text}mx: mx.elsewhere.example\r\n`,
      'fault mta-sts-policy-differs',
    ],
    [
      'is kept for another time',
      (text: string) => text.replace(/max_age: \d+/, 'max_age: 86400'),
      'remark mta-sts-policy-differs',
    ],
    ['is none', () => '<html>not found</html>', 'fault mta-sts-policy-invalid'],
    ['has no max_age', (text: string) => text.replace(/max_age.*/, ''), 'fault mta-sts-policy-invalid'],
  ] as const)
    it(`names one that ${title}`, async () => {
      expect(await codesAfter((world) => world.policy(change))).to.deep.equal([code]);
    });

  it('takes a pattern and bare line feeds as senders do', async () => {
    const { findings } = await verifyIn((world) =>
      world.policy(() => 'version: STSv1\nmode: testing\nmx: *.example.com\nmax_age: 604800\n'),
    );
    expect(findings.map(({ problem }) => problem)).to.deep.equal([
      'The MTA-STS policy of example.com is not the planned one: it names *.example.com too.',
    ]);
  });

  it('misses none by default, where no server of a policy is named; a record that leads to none is a fault', async () => {
    const pair = { publish: publishOf() };
    const nobodyServes = (world: World): void => world.policy({ kind: 'refused', why: 'nobody serves it' });
    expect(await codesAfter(nobodyServes, { pair })).to.deep.equal([]);
    const { findings } = await verifyIn(
      (world) => {
        nobodyServes(world);
        world.set('_mta-sts.example.com', 'TXT', ['v=STSv1; id=1;']);
      },
      { pair },
    );
    expect(findings.map(({ code }) => code)).to.deep.equal(['mta-sts-policy-missing']);
    expect(findings[0]?.fix).to.include('or remove the record _mta-sts.example.com');
  });

  it('names one that senders would not take, and what to serve', async () => {
    const { findings } = await verifyIn((world) =>
      world.policy({ kind: 'refused', why: 'it is answered 404' }),
    );
    expect(findings.map(({ code }) => code)).to.deep.equal(['mta-sts-policy-missing']);
    expect(findings[0]?.shouldBe).to.include(`mx: ${OUTBOUND}`);
  });
});
