/** A plan with every type of record: several domains, nodes, a key longer than one string, a text with everything. */
import { planDns, type DnsPlan } from '@mailpair/planner/plan';
import { pairOf, publishOf, roleOf } from './pairs.ts';

const longKey = `v=DKIM1; k=rsa; p=${'MIIBIjANBgkqhkiG9w0B'.repeat(20)}`;

export const fullPlan = (): DnsPlan =>
  planDns(
    pairOf({
      domains: [{ name: 'example.com' }, { name: 'bücher.example' }, { name: 'lists.example.com' }],
      inbound: {
        host: 'mx-in.example.com',
        addresses: ['192.0.2.11', '192.0.2.12', '2001:db8::12'],
        nodes: [
          { host: 'in2.example.com', addresses: ['192.0.2.11'] },
          { host: 'in10.example.com', addresses: ['192.0.2.12', '2001:db8::12'] },
        ],
      },
      outbound: roleOf('mx-out.provider.net', '192.0.2.20'),
      publish: publishOf({
        zones: ['example.com'],
        texts: new Map([['example.com', ['site-verification=1234', 'with ; and ${a} and %{b}']]]),
        dmarc: { policy: 'quarantine', rua: ['dmarc@example.com'] },
        mtaSts: { mode: 'enforce', maxAgeMs: 604_800_000, host: 'www.example.com' },
        tlsRpt: { rua: ['tls@example.com'] },
        caa: ['letsencrypt.org'],
      }),
      tls: { certFile: '/cert' },
    }),
    {
      hosts: [
        {
          file: '/cert',
          digest: 'a1'.repeat(32),
          covers: (name) => name === 'mx-in.example.com',
          selfSigned: false,
        },
        { file: '/next', digest: 'b2'.repeat(32), covers: null, selfSigned: false },
      ],
      dkim: [
        { domain: 'example.com', selector: 's2026', record: longKey },
        {
          domain: 'example.com',
          selector: 'e2026',
          record: 'v=DKIM1; k=ed25519; p=d0pmiOM1dcuBsVn6x4zFsB5HpqZe07wS7F/dgQpuNbs=',
        },
      ],
      notes: [],
    },
  );
