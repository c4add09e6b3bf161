import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts, stored, type Stored } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

const everyOctet = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
const small = Buffer.concat([Buffer.from('Subject: small\r\n\r\n.\r\n'), everyOctet]);
const large = Buffer.concat(Array.from({ length: 2_000 }, () => everyOctet));

describe('mailpair queue export', () => {
  let hosts: GatewayHosts;
  let directory: string;
  const messages: readonly Stored[] = [
    stored('0A1', { octets: small }),
    stored('0A2', { octets: large, to: ['x@example.org'] }),
  ];

  const run = (...argv: string[]): Promise<Said> =>
    mailpair(['queue', 'export', directory, ...argv, '--config', hosts.config]);
  const sent = ({ entry, body }: Stored): Buffer =>
    Buffer.concat([Buffer.from(entry.head), ...(body.chunks ?? [])]);

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    directory = join(hosts.directory, 'copy', 'of queue');
    await hosts.fill('outbound', ...messages);
  });

  afterEach(() => hosts.close());

  const expectBoth = (): void => {
    for (const message of messages) {
      const path = join(directory, message.entry.id);
      expect(readFileSync(`${path}.eml`).equals(sent(message))).to.equal(true);
      expect(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).to.deep.equal({
        role: 'outbound',
        ...message.entry,
      });
      expect(statSync(`${path}.eml`).mode & 0o77).to.equal(0);
    }
  };

  it('writes each message octet for octet with its entry, from the spool of a stopped gateway', async () => {
    const { code, out } = await run();
    expect([code, out]).to.deep.equal([0, `2 messages written to ${directory}.\n`]);
    expectBoth();
  });

  it('does so from a running gateway too', async () => {
    await hosts.run('outbound');
    expect((await run('--json')).out).to.equal(
      `${JSON.stringify({ directory, written: 2, present: 0, gone: 0 })}\n`,
    );
    expectBoth();
  });

  it('writes those that match', async () => {
    await run('--domain', 'example.org');
    expect(readdirSync(directory)).to.deep.equal(['0A2.eml', '0A2.json']);
  });

  it('overwrites nothing, says so and exits 1', async () => {
    await run('--domain', 'example.org');
    writeFileSync(join(directory, '0A2.eml'), 'mine');
    writeFileSync(join(directory, '0A1.json'), 'mine too');
    const { code, err } = await run();
    expect(code).to.equal(1);
    expect(err).to.include(join(directory, '0A2')).and.include('not overwritten');
    expect(readFileSync(join(directory, '0A2.eml'), 'utf8')).to.equal('mine');
    expect(readFileSync(join(directory, '0A1.json'), 'utf8')).to.equal('mine too');
    expect(readdirSync(directory)).not.to.include('0A1.eml');
  });
});
