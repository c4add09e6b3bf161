import { listMetrics } from '@mailpair/shared/filter/dns-lists/metrics';
import { engineMetrics } from '@mailpair/shared/filter/engines/metrics';
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

describe('the metrics of engines', () => {
  it('show which are up, count what they were asked about and how long it took', async () => {
    const metrics = createMetrics('inbound');
    const counted = engineMetrics(metrics, () => [
      { engine: 'clamav', server: 'one', standing: 'up' },
      { engine: 'clamav', server: 'two', standing: 'down' },
    ]);
    counted('clamav', 'one', 'answered', 1_500);
    counted('clamav', 'one', 'answered', 500);
    expect(await linesOf(metrics, 'mailpair_engine')).to.deep.equal([
      'mailpair_engine_answers_total{engine="clamav",server="one",result="answered",role="inbound"} 2',
      'mailpair_engine_seconds_total{engine="clamav",server="one",role="inbound"} 2',
      'mailpair_engine_up{engine="clamav",server="one",role="inbound"} 1',
      'mailpair_engine_up{engine="clamav",server="two",role="inbound"} 0',
    ]);
  });
});

describe('the metrics of lists in DNS', () => {
  it('show which are asked, and count what they answer', async () => {
    const metrics = createMetrics('inbound');
    const counted = listMetrics(metrics, () => [
      { name: 'one', standing: 'sound' },
      { name: 'two', standing: 'off' },
    ]);
    counted('one', 'listed');
    expect(await linesOf(metrics, 'mailpair_list')).to.deep.equal([
      'mailpair_list_answers_total{list="one",result="listed",role="inbound"} 1',
      'mailpair_list_up{list="one",role="inbound"} 1',
      'mailpair_list_up{list="two",role="inbound"} 0',
    ]);
  });
});
