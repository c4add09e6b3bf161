/**
 * What is known of one partner, and what the operator is told when it changes. Takes what was heard, does no I/O but
 * the log.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Beat } from './partner-beat.ts';
import { skewFault, type Fault } from './partner-faults.ts';
import { afterBeat, afterSilence, excuse, firstPulse, type Pulse, type PulseRules } from './partner-pulse.ts';
import type { PartnerView } from './partner-view.ts';
import type { RoleName } from '../../platform/values/role-name.ts';

export interface Node {
  readonly role: RoleName;
  /** Its name. */
  readonly node: string;
}

/** Clocks further apart are told of: TTLs of what partners learn from each other go wrong by so much. */
const SKEW_TOLD_MS = 5_000;

export class PartnerRecord {
  readonly #node: Node;
  readonly #clock: Clock;
  /** Never jumps. */
  readonly #steady: Clock;
  readonly #log: Log;
  #pulse: Pulse;
  #beat: Beat | null = null;
  #lastBeatAt: number | null = null;
  #answered: PartnerView['answered'] = {};
  #skewMs: number | null = null;
  #toldOfSkew = false;
  #differences: readonly string[] = [];
  #fault: Fault | null = null;
  /** When a heartbeat of ours last got there. */
  #answeredAt: number;
  #toldOneWay = false;

  constructor(node: Node, { clock, steady, log }: { clock: Clock; steady: Clock; log: Log }) {
    this.#node = node;
    this.#clock = clock;
    this.#steady = steady;
    this.#log = log;
    this.#answeredAt = steady.now();
    this.#pulse = firstPulse(this.#answeredAt);
  }

  /** A good beat, or a good answer to one of ours. */
  heard(beat: Beat, differences: readonly string[]): void {
    this.#beat = beat;
    const now = this.#clock.now();
    this.#lastBeatAt = now;
    this.#answered = Object.fromEntries(
      Object.entries(beat.answeredAgo).map(([server, agoMs]) => [server, now - agoMs]),
    );
    this.#compare(differences);
    this.#turn(afterBeat(this.#pulse, this.#steady.now()));
  }

  /** Our beat got there. */
  answered(): void {
    this.#fault = null;
    this.#toldOneWay = false;
    this.#answeredAt = this.#steady.now();
  }

  /** Our beat did not. */
  failed(fault: Fault): void {
    this.#fault = fault;
  }

  /** How far its clock is ahead. */
  skewed(skewMs: number): void {
    this.#skewMs = Math.round(skewMs);
    const apart = Math.abs(skewMs);
    if (apart > SKEW_TOLD_MS && !this.#toldOfSkew) {
      this.#toldOfSkew = true;
      this.#log.warn('partner.clock-skew', {
        ...this.#named(),
        skewMs: this.#skewMs,
        ...skewFault(this.#skewMs),
      });
    } else if (apart < SKEW_TOLD_MS / 2) this.#toldOfSkew = false;
  }

  /** To be called now and then. `absentMs`: so long this process did not run. */
  look(rules: PulseRules, absentMs: number): void {
    if (absentMs > 0) this.#pulse = excuse(this.#pulse, absentMs);
    const now = this.#steady.now();
    this.#turn(afterSilence(this.#pulse, now, rules));
    const isOneWay =
      this.#fault && this.#pulse.state === 'alive' && now - this.#answeredAt >= rules.deadAfterMs;
    if (!isOneWay || this.#toldOneWay) return;
    this.#toldOneWay = true;
    this.#log.warn('partner.one-way', { ...this.#named(), ...this.#fault });
  }

  view(): PartnerView {
    const beat = this.#beat;
    return {
      ...this.#node,
      state: this.#pulse.state,
      draining: beat?.draining ?? false,
      load: beat?.load ?? null,
      headroom: beat?.headroom ?? 0,
      sheds: beat?.sheds ?? false,
      messagesPerSecond: beat?.messagesPerSecond ?? null,
      grant: beat?.grant ?? null,
      answered: this.#answered,
      freeDiskBytes: beat?.freeDiskBytes ?? null,
      version: beat?.version ?? null,
      lastBeatAt: this.#lastBeatAt,
      skewMs: this.#skewMs,
      configDifferences: this.#differences,
      fault: this.#fault && `${this.#fault.problem}; ${this.#fault.fix}`,
    };
  }

  #turn(next: Pulse): void {
    const before = this.#pulse;
    this.#pulse = next;
    if (next.state === before.state) return;
    const now = this.#steady.now();
    const fields = { ...this.#named(), was: before.state };
    if (next.state === 'alive')
      this.#log.info('partner.alive', {
        ...fields,
        ...(before.lostSince !== null && { lostForMs: Math.round(now - before.lostSince) }),
      });
    else if (next.state === 'dead')
      this.#log.warn('partner.dead', {
        ...fields,
        quietForMs: Math.round(now - next.quietSince),
        ...this.#fault,
      });
    else this.#log.info('partner.suspect', { ...fields, quietForMs: Math.round(now - before.quietSince) });
  }

  #compare(differences: readonly string[]): void {
    if (String(differences) === String(this.#differences)) return;
    this.#differences = differences;
    if (differences.length === 0) this.#log.info('partner.configuration-agrees', this.#named());
    else
      this.#log.warn('partner.configuration-differs', {
        ...this.#named(),
        keys: differences,
        fix: 'put the same mailpair.yaml on every host, then reload both gateways',
      });
  }

  #named(): object {
    return { partner: this.#node.node, partnerRole: this.#node.role };
  }
}
