import { listMetrics } from '@mailpair/shared/filter/dns-lists/metrics';
import { createMetrics, type Metrics } from '@mailpair/shared/platform/metrics/metrics';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(name));

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
