import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { allMetrics } from '../../../support/all-metrics.ts';

const linesOf = async (metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(name));

describe('the metrics', () => {
  it('count messages by listener and result, however often they are read', async () => {
    const metrics = createMetrics('inbound');
    metrics.message('mx', 'accepted');
    metrics.message('mx', 'accepted');
    metrics.message('submission', 'deferred');
    const wanted = [
      'mailpair_messages_total{listener="mx",result="accepted",role="inbound"} 2',
      'mailpair_messages_total{listener="submission",result="deferred",role="inbound"} 1',
    ];
    expect(await linesOf(metrics, 'mailpair_messages_total')).to.deep.equal(wanted);
    expect(await linesOf(metrics, 'mailpair_messages_total')).to.deep.equal(wanted);
    metrics.outcome('relayed');
    expect(await linesOf(metrics, 'mailpair_outcomes_total')).to.deep.equal([
      'mailpair_outcomes_total{kind="relayed",role="inbound"} 1',
    ]);
  });

  it('show how long messages took, as a histogram whose buckets hold all that is faster', async () => {
    const metrics = createMetrics('inbound');
    for (const seconds of [0.0005, 0.001, 0.004, 60]) metrics.accepted(seconds);
    const lines = await linesOf(metrics, 'mailpair_accept_seconds');
    expect(lines).to.include('mailpair_accept_seconds_bucket{le="0.001",role="inbound"} 2');
    expect(lines).to.include('mailpair_accept_seconds_bucket{le="0.002",role="inbound"} 2');
    expect(lines).to.include('mailpair_accept_seconds_bucket{le="0.005",role="inbound"} 3');
    expect(lines).to.include('mailpair_accept_seconds_bucket{le="30",role="inbound"} 3');
    expect(lines).to.include('mailpair_accept_seconds_bucket{le="+Inf",role="inbound"} 4');
    expect(lines).to.include('mailpair_accept_seconds_count{role="inbound"} 4');
    expect(lines.find((line) => line.includes('_sum'))).to.match(/ 60\.0055/);
    expect(await metrics.render()).to.include('# TYPE mailpair_accept_seconds histogram');
  });
});

describe('the names of all metrics', () => {
  it('end in _total where it is a counter, and only there', async () => {
    const types = [...(await allMetrics().render()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    expect(types.length).to.be.above(50);
    const wrong = types.filter(([, name, type]) => name!.endsWith('_total') !== (type === 'counter'));
    expect(wrong.map(([line]) => line)).to.deep.equal([]);
  });
});
