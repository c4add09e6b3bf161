import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DayFiles } from '@mailpair/shared/filter/dmarc-reports/day-files';
import { reportDirectory } from '@mailpair/shared/gateway/intake/dmarc-reporting';
import type { ReportRow } from '@mailpair/shared/filter/dmarc-reports/row';
import { GatewayHosts } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

const row = (domain: string): ReportRow => ({
  published: { domain, p: 'reject', adkim: 'r', aspf: 'r', rua: `mailto:r@${domain}` },
  source: '192.0.2.7',
  disposition: 'reject',
  dkim: 'fail',
  spf: 'fail',
  headerFrom: domain,
  dkimResults: [],
  spfResult: { domain, scope: 'mfrom', result: 'fail' },
});

describe('mailpair dmarc report', () => {
  let hosts: GatewayHosts;
  const run = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['dmarc', 'report', ...argv, '--config', hosts.config]);

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill('inbound');
    const files = new DayFiles(reportDirectory(join(hosts.directory, 'inbound')));
    files.add(row('sender.test'), Date.parse('2026-11-23T10:00:00Z'));
    files.add(row('sender.test'), Date.parse('2026-11-24T10:00:00Z'));
    files.add(row('sender.test'), Date.parse('2026-11-24T11:00:00Z'));
    files.add(row('other.test'), Date.parse('2026-11-24T11:00:00Z'));
    files.flush();
  });
  afterEach(() => hosts.close());

  it('shows what was counted, and of which gateway it cannot', async () => {
    const { code, out, err } = await run('--day', '2026-11-24', '--json');
    expect(code).to.equal(1);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ headerFrom, count, role }) => [headerFrom, count, role])).to.deep.equal([
      ['sender.test', 2, 'inbound'],
      ['other.test', 1, 'inbound'],
    ]);
    expect(err).to.match(/^outbound mx-out\.example\.com was not asked: it is on another host/m);
  });

  it('is a table for a person, of one domain where that is wanted', async () => {
    const { out } = await run('--domain', 'Other.test');
    expect(out.trim().split('\n')).to.have.length(2);
    expect(out).to.match(/2026-11-24 +inbound +other\.test +192\.0\.2\.7 +1 +fail +fail +fail +reject/);
  });

  it('is the report as it is sent', async () => {
    const { out } = await run('--day', '2026-11-24', '--xml');
    expect(out.match(/<feedback>/g)).to.have.length(2);
    expect(out).to.include('<disposition>reject</disposition>');
  });

  it('says when nothing was counted, and when it is asked wrongly', async () => {
    expect(await run('--domain', 'nobody.test', '--role', 'inbound')).to.include({ code: 0, out: '' });
    expect(await run('--day', 'yesterday')).to.include({ code: 2 });
  });
});
