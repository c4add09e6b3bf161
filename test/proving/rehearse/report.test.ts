import type { Sent, Verdict } from '@mailpair/proving/loopback/ledger';
import { composeReport, formatDelay, formatFaults, formatReport } from '@mailpair/proving/rehearse/report';
import type { Rehearsal } from '@mailpair/proving/rehearse/rehearse';
import { planScenario, usualShares } from '@mailpair/proving/rehearse/scenario';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const scenario = planScenario({ phases: ['inbound'], shares: usualShares, minutes: 1 });
const verdict = (facts: Partial<Verdict> = {}, sent: Partial<Sent> = {}): Verdict => ({
  sent: { direction: 'in', slot: 'steady', sender: 'postfix', ...sent } as Sent,
  recipient: 'anna@example.com',
  fate: 'arrived',
  by: 'inbound',
  delayMs: 100,
  altered: false,
  duplicates: 0,
  inFlight: 0,
  ...facts,
});
const rehearsal = (verdicts: readonly Verdict[], facts: Partial<Rehearsal> = {}): Rehearsal => ({
  verdicts,
  titles: new Map([['inbound', 'inbound killed']]),
  notes: [],
  queued: 0,
  crashes: [],
  tookMs: 70_000,
  directory: '',
  ...facts,
});

describe('the report of a rehearsal', () => {
  it('has delays in simulated time, shares in percent, and no columns of nothing', () => {
    const report = composeReport(
      rehearsal([
        verdict(),
        verdict({ by: 'outbound' }, { slot: 'inbound' }),
        verdict({ delayMs: 10_000 }, { slot: 'inbound', direction: 'out' }),
      ]),
      scenario,
    );
    const text = formatReport(report);
    expect(text).to.match(/^phase +sent +arrived +lost +duplicated +p50 +p99 +in:out\n/);
    expect(text).to.match(/^steady +in +1 +1 +0 +0 +6\.0s +6\.0s +100:0$/m);
    expect(text).to.match(/^inbound killed +in +1 +1 +0 +0 +6\.0s +6\.0s +0:100$/m);
    expect(text).to.match(/^inbound killed +out +1 +1 +0 +0 +10m00s +10m00s +100:0$/m);
    expect(text).to.include('passed: lost 0, duplicated 0, altered 0');
    expect(report).to.include({ passed: true, compression: 60, simulatedHours: 1, messages: 1200 });
  });

  it('is no with one fault, one crash, or without anything that was sent', () => {
    const passed = (...facts: Parameters<typeof rehearsal>) =>
      composeReport(rehearsal(...facts), scenario).passed;
    expect(passed([verdict()])).to.equal(true);
    expect(passed([verdict({ inFlight: 1 })])).to.equal(true);
    expect(passed([verdict({ fate: 'lost', fault: 'lost: m1' })])).to.equal(false);
    expect(passed([verdict()], { crashes: ['mx-in.example.com ended by itself'] })).to.equal(false);
    expect(passed([])).to.equal(false);
  });

  it('names the first faults, and how many more there are', () => {
    const verdicts = Array.from({ length: 25 }, (_, index) =>
      verdict({ fate: 'lost', fault: `lost: m${index}` }),
    );
    const text = formatFaults(composeReport(rehearsal(verdicts, { queued: 3 }), scenario));
    expect(text).to.include('lost: m19\nand 5 more\n3 messages were still in the queues');
  });

  for (const [ms, text] of [
    [40, '0.0s'],
    [9_900, '9.9s'],
    [9_960, '10s'],
    [59_400, '59s'],
    [300_000, '5m00s'],
    [3_725_000, '1h02m'],
  ] as const)
    it(`writes ${ms} ms as ${text}`, () => {
      expect(formatDelay(ms)).to.equal(text);
    });
});
