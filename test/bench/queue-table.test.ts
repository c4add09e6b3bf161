import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeQueueTable } from '../../bench/queue/kept.ts';

const memory = { peak: 180, resident: 150, own: 90, mapped: 80 };
const attempted = { cpuMsPerAttempt: 0.25, perSecond: 3_400, memory };

describe('The table of a long queue', () => {
  it('has a row for what was measured, short beside long, and none for what was not', () => {
    const text = composeQueueTable({
      measured: { deferring: { day: '2026-11-25', loadBefore: 0.5 } },
      deferring: { short: { ...attempted, perSecond: 0 }, long: attempted },
    });
    expect(text).to.contain(
      '| attempts that are deferred, all due | too few | 0.250 ms of CPU each, 3400/s |\n' +
        '| memory: deferring | 180 (90, 80) | 180 (90, 80) |\n',
    );
    expect(text).to.contain('Measured deferring 2026-11-25 (load before 0.5).');
    expect(text).not.to.contain('queue list');
    expect(text).not.to.contain('live');
  });

  it('tells how long live destinations take beside a dead one', () => {
    const besideMs = { refuses: 3_800, hangs: null };
    const text = composeQueueTable({
      measured: {},
      dead: { live: 20_000, dead: 500_000, aloneMs: 3_700, besideMs },
    });
    expect(text).to.contain(
      '20000 messages to live destinations take 3.7 s alone, 3.8 s beside 500000 for one that refuses, ' +
        'over a minute beside as many for one that hangs.',
    );
  });
});
