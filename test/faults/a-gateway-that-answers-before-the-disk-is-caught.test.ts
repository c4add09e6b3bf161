import { join } from 'node:path';
import { composeReport, formatFaults, formatReport } from '@mailpair/proving/prove/report';
import { passes } from '@mailpair/proving/prove/result';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { playRows } from './play-rows.ts';

describe('a gateway that answers 250 before the message is on disk', () => {
  it('is caught when it is killed in between', async function () {
    this.timeout(60_000);
    const programs = { outbound: join(import.meta.dirname, 'hasty-outbound.ts') };
    const [result] = await playRows(['outbound/kill/spool.committing'], { programs });
    expect(result!.lost).to.be.above(0);
    expect(passes(result!)).to.equal(false);
    const report = composeReport([result!], 'test');
    expect(report.passed).to.equal(false);
    expect(formatFaults(report)).to.match(/lost: message m\d+ of local server/);
    expect(formatReport(report)).to.match(/FAILED: lost \d+/);
  });
});
