import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsVerify } from '@mailpair/mailpair/dns/verify';
import { verbs } from '@mailpair/mailpair/verbs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { startDns, type TestDns } from '../../support/dns-server.ts';
import { mailpair, type Said } from '../command.ts';

const configuration = `
domains: [example.com]
inbound: { host: mx-in.example.com, addresses: [192.0.2.10], listen: ["127.0.0.1:2525"] }
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20]
  listen: { submission: ["127.0.0.1:2587"], mx: ["127.0.0.1:2526"] }
localServers: ["mail.internal:25"]
publish: { dmarc: { policy: off }, mtaSts: { mode: off } }
`;

describe('mailpair dns verify', () => {
  let directory: string;
  let dns: TestDns;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-dns-verify-'));
    writeFileSync(join(directory, 'mailpair.yaml'), `${configuration}dkim: { keys: ${directory}/dkim }\n`);
    dns = await startDns({
      'example.com': {
        MX: [
          [10, 'mx-in.example.com'],
          [20, 'mx-out.example.com'],
        ],
        TXT: ['v=spf1 ip4:192.0.2.20 ip4:192.0.2.10 ~all'],
      },
      'mx-in.example.com': { A: ['192.0.2.10'], TXT: ['v=spf1 a -all'] },
      'mx-out.example.com': { A: ['192.0.2.20'], TXT: ['v=spf1 a -all'] },
      '10.2.0.192.in-addr.arpa': { PTR: ['mx-in.example.com'] },
      '20.2.0.192.in-addr.arpa': { PTR: ['mx-out.example.com'] },
    });
  });
  after(async () => {
    await dns.close();
    rmSync(directory, { recursive: true });
  });

  const verify = (...words: readonly string[]): Promise<Said> =>
    mailpair(['dns', 'verify', '--config', join(directory, 'mailpair.yaml'), ...words]);
  const asking = ['--dns-only', '--resolver'] as const;

  it('is a verb of the command', async () => {
    expect(await verbs.find(({ name }) => name === 'dns verify')?.load()).to.equal(dnsVerify);
  });

  it('says that all is as planned, and exits 0', async () => {
    expect(await verify(...asking, dns.address)).to.deep.equal({
      code: 0,
      out: 'What is published is what is planned.\n',
      err: '',
    });
  });

  it('prints the difference on stdout, and exits 1', async () => {
    dns.set('20.2.0.192.in-addr.arpa', { PTR: ['host20.provider.example'] });
    const { code, out, err } = await verify(...asking, dns.address);
    dns.set('20.2.0.192.in-addr.arpa', { PTR: ['mx-out.example.com'] });
    expect({ code, err }).to.deep.equal({ code: 1, err: '' });
    expect(out).to.include('FAULT ptr-mismatch').and.to.include('+ 20.2.0.192.in-addr.arpa.');
  });

  it('takes silence for silence, not for missing records, and exits 2', async () => {
    dns.set('mx-out.example.com', 'TIMEOUT');
    const { code, out } = await verify(...asking, dns.address, '--json', '--set', 'dns.timeout=200ms');
    dns.set('mx-out.example.com', { A: ['192.0.2.20'], TXT: ['v=spf1 a -all'] });
    expect(code).to.equal(2);
    const { answer, findings, unasked } = JSON.parse(out) as {
      answer: string;
      findings: unknown[];
      unasked: { who: string; why: string; questions: string[] }[];
    };
    expect({ answer, findings }).to.deep.equal({ answer: 'unknown', findings: [] });
    expect(unasked[0]).to.deep.include({ who: dns.address, why: `${dns.address} gives no answer in time` });
    expect(unasked[0]?.questions).to.include('A mx-out.example.com');
  });

  it('lets no answer steer the terminal', async () => {
    dns.set('_25._tcp.mx-in.example.com', {});
    dns.set('example.com', {
      MX: [
        [10, 'mx-in.example.com'],
        [20, 'mx-out.example.com'],
      ],
      TXT: ['v=spf1 \u001b[31m -all'],
    });
    const { out } = await verify(...asking, dns.address);
    expect(out).to.include('FAULT').and.not.to.include('\u001b');
  });

  it('exits 2 for options that cannot be read', async () => {
    for (const [words, said] of [
      [['--resolver', 'ns1.example.com'], '--resolver is ADDR:PORT'],
      [['--connect', 'mx:25'], 'write HOST:PORT=ADDRESS:PORT'],
      [['example.com'], 'one argument too many'],
    ] as const) {
      const { code, out, err } = await verify(...words);
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err).to.include(said);
    }
  });
});
