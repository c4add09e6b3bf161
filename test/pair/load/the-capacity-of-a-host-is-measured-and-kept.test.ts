/** A real measurement, a short one: both gateways run, and take mail of two sizes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapacityReport } from '@mailpair/mailpair/capacity/report';
import { MEASURED_FILE, parseMeasured } from '@mailpair/shared/gateway/pair/measured';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';

describe('the capacity of a host', function () {
  this.timeout(60_000);
  let directory: string;
  let file: string;
  const { TMPDIR } = process.env;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-capacity-'));
    file = join(directory, 'mailpair.yaml');
    for (const place of ['inbound', 'temporary']) mkdirSync(join(directory, place));
    writeFileSync(
      file,
      `
domains: [example.com]
inbound: { host: mx-in.example.com, spool: ${directory}/inbound }
outbound: { host: mx-out.example.com, spool: ${directory}/outbound, trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
dkim: { keys: ${directory}/dkim }
greylist: { mode: everyone }
`,
    );
    process.env.TMPDIR = join(directory, 'temporary');
  });
  after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(directory, { recursive: true });
  });

  it('is measured for both roles, kept in the spool directory that is here, and leaves nothing else behind', async () => {
    const key = await mailpair(['dkim', 'keygen', 'example.com', '--config', file, '--type', 'rsa']);
    expect(key.code, key.err).to.equal(0);
    const [selector = ''] = readdirSync(join(directory, 'dkim/example.com')).filter((name) =>
      name.endsWith('.pem'),
    );
    const active = { [selector.slice(0, -'.pem'.length)]: new Date().toISOString() };
    writeFileSync(
      join(directory, 'dkim/example.com/selectors.json'),
      JSON.stringify({ active, retired: {} }),
    );

    const { code, out, err } = await mailpair(['capacity', '--config', file, '--json', '--seconds', '6']);
    expect(code, err).to.equal(0);
    expect(err).to.include('outbound signs as example.com');
    const report = JSON.parse(out) as CapacityReport;
    for (const { secondsPerMessage, secondsPerMegabyte, messagesPerSecond, memoryBytes } of [
      report.inbound,
      report.outbound,
    ]) {
      expect(secondsPerMessage).to.be.within(1e-4, 1);
      expect(secondsPerMegabyte).to.be.above(0);
      expect(messagesPerSecond).to.be.above(0);
      expect(memoryBytes).to.be.above(20 * 1024 ** 2);
    }
    const kept = parseMeasured(readFileSync(join(directory, 'inbound', MEASURED_FILE), 'utf8'));
    expect(kept?.inbound.secondsPerMessage).to.equal(report.inbound.secondsPerMessage);
    expect(readdirSync(join(directory, 'temporary'))).to.deep.equal([]);
    expect(readdirSync(directory).sort()).to.deep.equal(['dkim', 'inbound', 'mailpair.yaml', 'temporary']);
  });
});
