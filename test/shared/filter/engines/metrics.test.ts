import { engineMetrics } from '@mailpair/shared/filter/engines/metrics';
import { createMetrics, type Metrics } from '@mailpair/shared/platform/metrics/metrics';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(name));

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
