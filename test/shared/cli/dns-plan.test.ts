import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { dnsPlan } from '@mailpair/shared/cli/dns-plan';
import { run } from '@mailpair/shared/cli/run';
import { verbs } from '@mailpair/shared/cli/verbs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';

const configuration = `
domains: [example.com]
inbound:
  host: mx-in.example.com
  addresses: [192.0.2.10, "2001:db8::10"]
  listen: ["127.0.0.1:2525"]
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20, 10.0.0.3]
  listen: { submission: ["127.0.0.1:2587"], mx: ["127.0.0.1:2526"] }
localServers: ["mail.internal:25"]
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
      stdin: Readable.from([]),
      env: { MAILPAIR_CONFIG: join(directory, 'mailpair.yaml') },
    };
    const code = await run(argv, verbs, io);
    return { code, out: out.join(''), err: err.join('') };
  }

  it('is a verb of the command', () => {
    expect(verbs).to.include(dnsPlan);
  });

  it('prints master-file records on stdout, nothing but records and comments, and notes on stderr', async () => {
    const { code, out, err } = await mailpair('dns', 'plan');
    expect(code).to.equal(0);
    expect(out).to.match(/^(?:[a-z0-9.-]+\.\t\d+\tIN\t(?:A|AAAA|MX|TXT)\t.+\n|;.*\n|\n)+$/);
    expect(out).to.include('example.com.\t3600\tIN\tMX\t20 mx-out.example.com.');
    expect(out).to.include('; 20.2.0.192.in-addr.arpa.\tIN\tPTR\tmx-out.example.com.');
    expect(err).to.include('outbound.addresses: 10.0.0.3 cannot be reached');
  });

  it('prints the same as JSON with --format json and with --json', async () => {
    const { code, out } = await mailpair('dns', 'plan', '--format', 'json');
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.have.keys('zones', 'elsewhere', 'ptr');
    expect((await mailpair('dns', 'plan', '--json')).out).to.equal(out);
  });

  it('plans for a host that --set gives', async () => {
    const { out } = await mailpair('dns', 'plan', '--set', 'inbound.host=gate.example.com');
    expect(out).to.include('MX\t10 gate.example.com.');
  });

  it('exits 2 and prints no records for a format it has not', async () => {
    const { code, out, err } = await mailpair('dns', 'plan', '--format', 'stone');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('bind or json, not stone');
  });

  it('exits 2 and prints no records when the configuration has faults', async () => {
    const { code, out, err } = await mailpair('dns', 'plan', '--set', 'inbound.host=not a name');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('inbound.host');
  });
});
