/**
 * The balance lab: thousands of senders, as they retry, against two simulated gateways in simulated time. A run with the same
 * scenario and the same seed comes out the same.
 */
import type { AdmissionRules } from '../pair/admission.ts';
import { chanceOf } from './chance.ts';
import { openPolicy, type PolicyName } from './policies.ts';
import { createPopulation, type Shares } from './population.ts';
import { Site, type SiteSize } from './site.ts';
import { summarise, type Row } from './summary.ts';
import { Timeline } from './timeline.ts';
import { Traffic } from './traffic.ts';

export interface Scenario {
  readonly inbound: Omit<SiteSize, 'name'>;
  readonly outbound: Omit<SiteSize, 'name'>;
  /** CPU of one message on one core. */
  readonly messageMs: number;
  readonly strangersPerSecond: number;
  readonly submissionsPerSecond: number;
  readonly minutes: number;
  readonly shares: Shares;
  /** Senders of each kind. */
  readonly sendersPerKind: number;
  readonly rules: AdmissionRules;
  /** `load.submissionWait`. */
  readonly submissionWaitMs: number;
  readonly heartbeatMs: number;
  readonly seed: number;
}

const MINUTE_MS = 60_000;
/** A client that is refused costs little beside one that is served. */
const REFUSAL = 0.05;
const NETWORK_MS = 400;
/** A sender of newsletters brings so many messages in so short a time; so often. */
const BURST = { messages: 60, withinMs: 4_000, everyMs: 3 * MINUTE_MS };
/** Given to what was put off, after the last message was sent. */
const AFTER_MS = 12 * 60 * MINUTE_MS;

/** Messages per second that a site can carry. */
export const capacityOf = ({ cores }: Pick<SiteSize, 'cores'>, messageMs: number): number =>
  (cores * 1000) / messageMs;

export function runLab(policy: PolicyName, scenario: Scenario): Row {
  const timeline = new Timeline();
  const chance = chanceOf(scenario.seed);
  const { messageMs } = scenario;
  const costs = { messageMs, refusalMs: messageMs * REFUSAL, networkMs: NETWORK_MS };
  const inbound = new Site({ name: 'inbound', ...scenario.inbound }, costs, timeline, chance);
  const outbound = new Site({ name: 'outbound', ...scenario.outbound }, costs, timeline, chance);
  const records = openPolicy(policy, {
    ...{ inbound, outbound, timeline, chance },
    ...{ rules: scenario.rules, submissionWaitMs: scenario.submissionWaitMs },
    heartbeatMs: scenario.heartbeatMs,
  });
  const traffic = new Traffic(timeline, records, chance);
  const endMs = scenario.minutes * MINUTE_MS;
  const senders = createPopulation(scenario.shares, scenario.sendersPerKind, chance);
  const burstsPerSecond = (BURST.messages * 1000) / BURST.everyMs;
  const whileSending = (perSecond: number, act: () => void): void => {
    const next = (): void => {
      if (timeline.now >= endMs) return;
      act();
      timeline.after(chance.exponential(1000 / perSecond), next);
    };
    timeline.after(chance.exponential(1000 / perSecond), next);
  };
  whileSending(Math.max(0.01, scenario.strangersPerSecond - burstsPerSecond), () => traffic.send(senders()));
  whileSending(1000 / BURST.everyMs, () => {
    const sender = senders();
    for (let i = 0; i < BURST.messages; i += 1)
      timeline.after(chance.next() * BURST.withinMs, () => traffic.send(sender));
  });
  const submissionMs: number[] = [];
  whileSending(scenario.submissionsPerSecond, () => {
    const beganAt = timeline.now;
    outbound.submit(() => submissionMs.push(timeline.now - beganAt));
  });

  timeline.run(endMs);
  const whileSent = { inbound: inbound.accepted, outbound: outbound.accepted };
  timeline.run(endMs + AFTER_MS);
  return summarise(policy, { mail: traffic.all, submissionMs, whileSent, seconds: endMs / 1000 });
}
