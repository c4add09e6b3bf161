import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { destinationsIn, wantsReports } from '@mailpair/shared/filter/dmarc-reports/destinations';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { rejection } from '../../../support/rejection.ts';

describe('where reports may go', () => {
  it('is what rua says, with its limits', () => {
    expect(
      destinationsIn('mailto:a@x.test!10m, mailto:b%2Bc@y.test,https://z.test/,mailto:no,MAILTO:d@x.test'),
    ).to.deep.equal([
      { address: 'a@x.test', maxBytes: 10 * 1024 * 1024 },
      { address: 'b+c@y.test', maxBytes: Infinity },
      { address: 'd@x.test', maxBytes: Infinity },
    ]);
    expect(destinationsIn('mailto:a@x.test,'.repeat(50))).to.have.length(5);
    expect(destinationsIn('mailto:a%0d%0aRCPT@x.test,mailto:%zz@x.test')).to.deep.equal([]);
  });

  describe('of another organisation', () => {
    let dns: TestDns;
    let resolver: ReturnType<typeof createResolver>;
    before(async () => {
      dns = await startDns({
        'sender.test._report._dmarc.collector.test': { TXT: ['v=DMARC1'] },
        'sender.test._report._dmarc.other.test': { TXT: ['v=spf1'] },
        'sender.test._report._dmarc.mute.test': 'SERVFAIL',
      });
      resolver = createResolver({ servers: [dns.address], timeoutMs: 1_000 });
    });
    after(async () => {
      resolver.close();
      await dns.close();
    });

    it('is where DNS says that they are wanted', async () => {
      const wants = (address: string): Promise<boolean> => wantsReports(address, 'sender.test', resolver);
      expect(await wants('r@sender.test')).to.equal(true);
      expect(await wants('r@mail.sender.test')).to.equal(true);
      expect(await wants('r@collector.test')).to.equal(true);
      expect(await wants('r@other.test')).to.equal(false);
      expect(await wants('r@nobody.test')).to.equal(false);
      expect((await rejection(wants('r@mute.test'))).message).to.include('ESERVFAIL');
    });
  });
});
