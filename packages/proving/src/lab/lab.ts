/**
 * Simulates thousands of senders with their retries against two gateways, in simulated time. Runs with the
 * same scenario and seed have the same result.
 */
import type { AdmissionRules } from '@mailpair/shared/gateway/pair/admission';
import { chanceOf, type Chance } from './chance.ts';
import { openPolicy, type PolicyName } from './policies.ts';
import { createPopulation, type Sender, type Shares } from './population.ts';
import { Site, type SiteSize } from './site.ts';
import { summarise, type Row } from './summary.ts';
import { Timeline } from './timeline.ts';
import { Traffic } from './traffic.ts';

export interface Scenario {
  readonly inbound: Omit<SiteSize, 'name'>;
  readonly outbound: Omit<SiteSize, 'name'>;
  /** The CPU time in ms of one message on one core. */
  readonly messageMs: number;
  readonly strangersPerSecond: number;
  readonly submissionsPerSecond: number;
  readonly minutes: number;
  /**
   * The warm-up in minutes: mail at 1.25 times the capacity of inbound, then an hour without mail, so that
   * the pair has learnt how its senders behave. 0 for a pair without knowledge.
   */
  readonly earlierMinutes: number;
  readonly shares: Shares;
  /** The number of senders of each kind. */
  readonly sendersPerKind: number;
  readonly rules: AdmissionRules;
  /** `load.submissionWait` in ms. */
  readonly submissionWaitMs: number;
  readonly heartbeatMs: number;
  readonly seed: number;
}

const MINUTE_MS = 60_000;
/** The CPU time of a refused client as a fraction of that of a served one. */
const REFUSAL = 0.05;
const NETWORK_MS = 400;
/** A newsletter sender sends this number of messages within this time, once in each interval. */
const BURST = { messages: 60, withinMs: 4_000, everyMs: 3 * MINUTE_MS };
const EARLIER = 1.25;
const QUIET_MS = 60 * MINUTE_MS;
/** The simulated time after the last new message in which deferred messages may still be delivered. */
const AFTER_MS = 12 * 60 * MINUTE_MS;
/** How often a run checks whether deferred messages are left. */
const LOOK_MS = MINUTE_MS;

/** The messages per second that a site can process. */
export const capacityOf = ({ cores }: Pick<SiteSize, 'cores'>, messageMs: number): number =>
  (cores * 1000) / messageMs;

export function runLab(policy: PolicyName, scenario: Scenario): Row {
  const run = new Run(policy, scenario);
  if (scenario.earlierMinutes > 0) {
    run.send(EARLIER * capacityOf(scenario.inbound, scenario.messageMs), scenario.earlierMinutes * MINUTE_MS);
    run.rest(QUIET_MS);
    run.forget();
  }
  run.send(scenario.strangersPerSecond, scenario.minutes * MINUTE_MS);
  return run.result(policy);
}

class Run {
  readonly #timeline = new Timeline();
  readonly #chance: Chance;
  readonly #scenario: Scenario;
  readonly #inbound: Site;
  readonly #outbound: Site;
  readonly #traffic: Traffic;
  readonly #senders: () => Sender;
  #submissionMs: number[] = [];
  #submitting = 0;
  #beganAt = 0;
  #endsAt = 0;

  constructor(policy: PolicyName, scenario: Scenario) {
    const { messageMs, rules, submissionWaitMs, heartbeatMs } = scenario;
    const timeline = this.#timeline;
    const chance = chanceOf(scenario.seed);
    const costs = { messageMs, refusalMs: messageMs * REFUSAL, networkMs: NETWORK_MS };
    const inbound = new Site({ name: 'inbound', ...scenario.inbound }, costs, timeline, chance);
    const outbound = new Site({ name: 'outbound', ...scenario.outbound }, costs, timeline, chance);
    const parts = { inbound, outbound, timeline, chance, rules, submissionWaitMs, heartbeatMs };
    this.#chance = chance;
    this.#scenario = scenario;
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#traffic = new Traffic(timeline, openPolicy(policy, parts), chance);
    this.#senders = createPopulation(scenario.shares, scenario.sendersPerKind, chance);
  }

  /** Sends mail from the internet at this rate, and submissions of the local server. */
  send(strangersPerSecond: number, forMs: number): void {
    this.#beganAt = this.#timeline.now;
    this.#endsAt = this.#beganAt + forMs;
    const burstsPerSecond = (BURST.messages * 1000) / BURST.everyMs;
    this.#whileSending(Math.max(0.01, strangersPerSecond - burstsPerSecond), () =>
      this.#traffic.send(this.#senders()),
    );
    this.#whileSending(1000 / BURST.everyMs, () => this.#burst());
    this.#whileSending(this.#scenario.submissionsPerSecond, () => this.#submit());
    this.#timeline.run(this.#endsAt);
  }

  rest(forMs: number): void {
    this.#timeline.run(this.#timeline.now + forMs);
  }

  /** Excludes everything sent until now from the results. */
  forget(): void {
    this.#traffic.all.length = 0;
    this.#submissionMs = [];
    this.#inbound.accepted = 0;
    this.#outbound.accepted = 0;
  }

  result(policy: PolicyName): Row {
    const whileSent = { inbound: this.#inbound.accepted, outbound: this.#outbound.accepted };
    const submissionMs = this.#submissionMs;
    this.#settle();
    const seconds = (this.#endsAt - this.#beganAt) / 1000;
    return summarise(policy, { mail: this.#traffic.all, submissionMs, whileSent, seconds });
  }

  /** Lets time pass until each message is taken or given up and each submission has ended, or for {@link AFTER_MS}. */
  #settle(): void {
    const untilMs = this.#timeline.now + AFTER_MS;
    while (this.#timeline.now < untilMs && !(this.#submitting === 0 && this.#traffic.isSettled))
      this.rest(LOOK_MS);
  }

  #whileSending(perSecond: number, act: () => void): void {
    this.#timeline.after(this.#chance.exponential(1000 / perSecond), () => {
      if (this.#timeline.now >= this.#endsAt) return;
      act();
      this.#whileSending(perSecond, act);
    });
  }

  #burst(): void {
    const sender = this.#senders();
    for (let i = 0; i < BURST.messages; i += 1)
      this.#timeline.after(this.#chance.next() * BURST.withinMs, () => this.#traffic.send(sender));
  }

  #submit(): void {
    const beganAt = this.#timeline.now;
    this.#submitting += 1;
    this.#outbound.submit(() => {
      this.#submitting -= 1;
      this.#submissionMs.push(this.#timeline.now - beganAt);
    });
  }
}
