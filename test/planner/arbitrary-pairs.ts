/** Any pair that a configuration can describe, and keys for it, for properties of the plan. */
import type { PlannedPair } from '@mailpair/planner/plan';
import type { PlannedRole } from '@mailpair/planner/plan-hosts';
import { noPublicKeys, type PublicKeys } from '@mailpair/planner/public-keys';
import fc from 'fast-check';
import { pairOf, publishOf } from './pairs.ts';

const domain = fc.constantFrom(
  'example.com',
  'example.net',
  'lists.example.com',
  'a.b.example.org',
  'bücher.example',
  'EXAMPLE.ORG',
  '7.example',
  `${'long-label-'.repeat(5)}${'x'.repeat(8)}.`.repeat(3) + 'example.com',
);
const host = fc
  .tuple(fc.constantFrom('mx', 'mx-in', 'in1', 'in2', 'out10', '1.mx', 'mta-sts'), domain)
  .map(([label, parent]) => `${label}.${parent}`);
const publicAddress = fc.oneof(
  fc.nat(255).map((last) => `192.0.2.${last}`),
  fc.nat(0xffff).map((last) => `2001:db8::${last.toString(16)}`),
);
const address = fc.oneof(
  { weight: 5, arbitrary: publicAddress },
  { weight: 1, arbitrary: fc.constantFrom('10.0.0.1', 'fd00::1', '127.0.0.1') },
);

const roleWith = (least: number): fc.Arbitrary<PlannedRole> =>
  fc
    .record({
      host,
      addresses: fc.array(address, { minLength: least, maxLength: 3 }),
      nodes: fc.array(fc.record({ host, addresses: fc.array(address, { maxLength: 2 }) }), { maxLength: 3 }),
    })
    .map(({ nodes, ...itself }) => ({ ...itself, nodes: nodes.length > 0 ? nodes : [itself] }));

const text = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 600,
});
const reportAddress = domain
  .map((name) => `reports@${name.toLowerCase()}`)
  .filter((name) => /^[ -~]+$/.test(name));

const publish = fc
  .record({
    zones: fc.uniqueArray(fc.constantFrom('example.com', 'example.org', 'lists.example.com'), {
      maxLength: 2,
    }),
    ttlMs: fc.integer({ min: 1, max: 604_800_000 }),
    spf: fc.record({
      terms: fc.uniqueArray(fc.constantFrom('include:_spf.example.net', 'mx', 'ip4:198.51.100.0/24'), {
        maxLength: 3,
      }),
      all: fc.constantFrom('fail', 'softfail', 'neutral'),
    }),
    texts: fc
      .array(
        fc.tuple(
          fc.constantFrom('example.com', 'mta-sts.example.com', 'www.example.net'),
          fc.array(text, { maxLength: 2 }),
        ),
      )
      .map((entries) => new Map(entries)),
    dmarc: fc.record({
      policy: fc.constantFrom('off', 'none', 'reject'),
      rua: fc.uniqueArray(reportAddress, { maxLength: 2 }),
    }),
    mtaSts: fc.record({
      mode: fc.constantFrom('off', 'none', 'testing', 'enforce'),
      maxAgeMs: fc.integer({ min: 3_600_000, max: 31_536_000_000 }),
      host: fc.option(host.map((name) => name.toLowerCase()).filter((name) => /^[ -~]+$/.test(name))),
    }),
    tlsRpt: fc.record({ rua: fc.array(reportAddress, { maxLength: 2 }) }),
    tlsa: fc.boolean(),
    caa: fc.uniqueArray(fc.constantFrom('letsencrypt.org', 'ca.example'), { maxLength: 2 }),
  })
  .map((some) => publishOf(some as Parameters<typeof publishOf>[0]));

const pairWith = (least: number): fc.Arbitrary<PlannedPair> =>
  fc
    .record({
      domains: fc
        .uniqueArray(domain, { minLength: 1, maxLength: 4 })
        .map((names) => names.map((name) => ({ name }))),
      inbound: roleWith(least),
      outbound: roleWith(least),
      publish,
      tls: fc.constantFrom({ certFile: null }, { certFile: '/cert' }),
    })
    .map((some) => pairOf(some));

export const arbitraryPair = pairWith(0);

/** Each role has an address at least, public or not. */
export const arbitraryReachablePair = pairWith(1).filter(({ inbound, outbound }) =>
  [inbound, outbound].every(({ addresses }) => addresses.some((address) => /^(192|2001)/.test(address))),
);

export const arbitraryKeys: fc.Arbitrary<PublicKeys> = fc.record({
  ...noPublicKeys,
  hosts: fc.array(
    fc.record({
      file: fc.constantFrom('/cert', '/next'),
      digest: fc
        .uint8Array({ minLength: 32, maxLength: 32 })
        .map((octets) => Buffer.from(octets).toString('hex')),
      covers: fc.option(host.map((covered) => (name: string) => name === covered.toLowerCase())),
      selfSigned: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  dkim: fc.uniqueArray(
    fc.record({
      domain: fc.constantFrom('example.com', 'xn--bcher-kva.example'),
      selector: fc.constantFrom('s1', 's2', '2026.key'),
      record: fc.base64String({ minLength: 40, maxLength: 700 }).map((key) => `v=DKIM1; k=rsa; p=${key}`),
    }),
    { maxLength: 4, selector: ({ domain, selector }) => `${selector} ${domain}` },
  ),
  notes: fc.constant([]),
});
