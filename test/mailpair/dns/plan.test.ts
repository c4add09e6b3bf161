import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { dnsPlan } from '@mailpair/mailpair/dns/plan';
import { formatNames } from '@mailpair/planner/formats/formats';
import { run } from '@mailpair/mailpair/run';
import { verbs } from '@mailpair/mailpair/verbs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';

const configuration = `
domains: [example.com, example.net]
inbound:
  host: mx-in.example.com
  addresses: [192.0.2.10, "2001:db8::10"]
  listen: ["127.0.0.1:2525"]
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20, 10.0.0.3]
  listen: { submission: ["127.0.0.1:2587"], mx: ["127.0.0.1:2526"] }
localServers: ["mail.internal:25"]
dkim: { keys: /nowhere }
`;

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('mailpair dns plan', () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-dns-'));
    writeFileSync(join(directory, 'mailpair.yaml'), configuration);
  });

  after(() => rmSync(directory, { recursive: true }));

  async function mailpair(...argv: string[]): Promise<Answer> {
    const out: string[] = [];
    const err: string[] = [];
    const io = {
      out: (text: string) => void out.push(`${text}\n`),
      err: (text: string) => void err.push(`${text}\n`),
      octets: (data: Buffer) => void out.push(data.toString()),
      taken: async () => undefined,
      stdin: Readable.from([]),
      env: { MAILPAIR_CONFIG: join(directory, 'mailpair.yaml') },
    };
    const code = await run(argv, verbs, io);
    return { code, out: out.join(''), err: err.join('') };
  }

  it('is a verb of the command', async () => {
    expect(await verbs.find(({ name }) => name === 'dns plan')?.load()).to.equal(dnsPlan);
  });

  it('prints master-file records on stdout, nothing but records and comments, and notes on stderr', async () => {
    const { code, out, err } = await mailpair('dns', 'plan');
    expect(code).to.equal(0);
    expect(out).to.match(/^(?:[a-z0-9._-]+\.\t\d+\tIN\t(?:A|AAAA|MX|TXT)\t.+\n|;.*\n|\n)+$/);
    expect(out).to.include('example.com.\t3600\tIN\tMX\t20 mx-out.example.com.');
    expect(out).to.include('; 20.2.0.192.in-addr.arpa.\tIN\tPTR\tmx-out.example.com.');
    expect(err).to.include('outbound.addresses: 10.0.0.3 cannot be reached');
  });

  it('prints the same as JSON with --format json and with --json', async () => {
    const { code, out } = await mailpair('dns', 'plan', '--format', 'json');
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.have.keys('zones', 'elsewhere', 'ptr', 'policies');
    expect((await mailpair('dns', 'plan', '--json')).out).to.equal(out);
  });

  it('plans for a host that --set gives', async () => {
    const { out } = await mailpair('dns', 'plan', '--set', 'inbound.host=gate.example.com');
    expect(out).to.include('MX\t10 gate.example.com.');
  });

  it('exits 2 and prints no records for a format it has not', async () => {
    const { code, out, err } = await mailpair('dns', 'plan', '--format', 'stone');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('or terraform or json, not stone');
  });

  it('exits 2 and prints no records when the configuration has faults', async () => {
    const { code, out, err } = await mailpair('dns', 'plan', '--set', 'inbound.host=not a name');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('inbound.host');
  });

  for (const format of formatNames) {
    it(`has records on stdout and none on stderr in the format ${format}`, async () => {
      const { code, out, err } = await mailpair('dns', 'plan', '--format', format);
      expect(code).to.equal(0);
      expect(out).to.include('mx-in').and.include('192.0.2.10');
      expect(err).to.match(/^(?:[^\t{}]+\n)+$/);
    });
  }

  it('says on stderr what a format leaves out', async () => {
    const { err } = await mailpair('dns', 'plan', '--format', 'powerdns');
    expect(err).to.include('PTR of 192.0.2.20 to mx-out.example.com');
  });

  it('prints with --domain only the records of that domain', async () => {
    const { code, out } = await mailpair('dns', 'plan', '--domain', 'Example.NET');
    expect(code).to.equal(0);
    expect(out)
      .to.include('example.net.\t3600\tIN\tMX')
      .and.not.to.match(/^\S*example\.com\.\t/m);
    const both = await mailpair('dns', 'plan', '--domain', 'example.net', '--domain', 'example.com');
    expect(both.out).to.equal((await mailpair('dns', 'plan')).out);
  });

  it('prints with --zone the bare body that the API takes', async () => {
    const { out } = await mailpair('dns', 'plan', '--format', 'route53', '--zone', 'example.net');
    const { Changes, ...rest } = JSON.parse(out) as { Changes: { ResourceRecordSet: { Name: string } }[] };
    expect(rest).to.have.keys('Comment');
    for (const { ResourceRecordSet } of Changes)
      expect(ResourceRecordSet.Name).to.match(/(?:^|\.)example\.net\.$/);
  });

  it('prints with --policy the MTA-STS policy and where to serve it', async () => {
    const { code, out, err } = await mailpair('dns', 'plan', '--policy');
    expect([code, out]).to.deep.equal([
      0,
      'version: STSv1\r\nmode: testing\r\nmx: mx-in.example.com\r\nmx: mx-out.example.com\r\nmax_age: 604800\r\n',
    ]);
    expect(err).to.include('https://mta-sts.example.net/.well-known/mta-sts.txt');
  });

  it('plans MTA-STS once a web server is named, and says until then how to add it', async () => {
    const without = await mailpair('dns', 'plan');
    expect(without.out).not.to.include('mta-sts');
    expect(without.err).to.include('no MTA-STS record is planned').and.include('publish.mtaSts.host');
    const served = await mailpair('dns', 'plan', '--set', 'publish.mtaSts.host=www.example.org');
    expect(served.out)
      .to.match(/^_mta-sts\.example\.com\.\t/m)
      .and.match(/^mta-sts\.example\.net\.\t.*CNAME/m);
  });

  it('exits 2 for a domain or zone that it has not, for a server that is none, and for a policy that is off', async () => {
    for (const [argument, said] of [
      ['--domain=example.org', 'example.org is no hosted domain; there is example.com, example.net'],
      ['--zone=example.org', 'nothing is planned in example.org; there is example.com, example.net'],
      ['--server=a:b:c', 'HOST or HOST:PORT, not a:b:c'],
      ['--provider=azure', 'aws or cloudflare, not azure'],
    ] as const) {
      const { code, out, err } = await mailpair('dns', 'plan', argument);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(said);
    }
    const off = await mailpair('dns', 'plan', '--policy', '--set', 'publish.mtaSts.mode=off');
    expect([off.code, off.out]).to.deep.equal([2, '']);
  });
});
