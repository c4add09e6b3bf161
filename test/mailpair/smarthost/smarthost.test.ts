import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../command.ts';

describe('mailpair smarthost', () => {
  let directory: string;
  let env: { MAILPAIR_CONFIG: string };

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-smarthost-'));
    env = { MAILPAIR_CONFIG: join(directory, 'mailpair.yaml') };
    writeFileSync(
      env.MAILPAIR_CONFIG,
      `
domains: [example.com]
inbound: { host: mx-in.example.com, addresses: [192.0.2.10] }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20], trusted: [10.0.0.0/24] }
localServers: ["10.0.0.5:25"]
`,
    );
  });

  after(() => rmSync(directory, { recursive: true }));

  it('alone lists the servers, without a configuration', async () => {
    const { code, out } = await mailpair(['smarthost'], { env: { MAILPAIR_CONFIG: '/nowhere' } });
    expect(code).to.equal(0);
    for (const name of ['postfix', 'exim4', 'exchange-online', 'stalwart'])
      expect(out).to.match(new RegExp(`^ *${name} `, 'm'));
  });

  it('prints the guide for one', async () => {
    const { code, out, err } = await mailpair(['smarthost', 'postfix'], { env });
    expect(code, err).to.equal(0);
    expect(out).to.include("'relayhost = [mx-out.example.com]:587'");
    expect(out).to.include('192.0.2.10 OK\n192.0.2.20 OK\n');
    expect(out).to.include('inbound takes no such mail');
  });

  it('prints its parts with --json', async () => {
    const { out } = await mailpair(['smarthost', 'postfix', '--json'], { env });
    const { server, apply, notes } = JSON.parse(out) as { server: string; apply: unknown[]; notes: string[] };
    expect(server).to.equal('postfix');
    expect(apply).to.have.length(5);
    expect(notes.join(' ')).to.include('10.0.0.0/24');
  });

  it('names the nearest for one that it does not know', async () => {
    const { code, err } = await mailpair(['smarthost', 'postfx'], { env });
    expect(code).to.equal(2);
    expect(err).to.include('there is no guide for postfx; did you mean postfix?');
  });
});
