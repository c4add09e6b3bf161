/**
 * Runs the real decisions of the gateways (gateway/compose/gate.ts and its dependencies) in simulated time.
 * Only their inputs are simulated: processor load, sessions, and one heartbeat in each interval.
 */
import { Gate } from '@mailpair/shared/gateway/compose/gate';
import { hasRoom, type AdmissionRules, type Partner } from '@mailpair/shared/gateway/pair/admission';
import { grantOf } from '@mailpair/shared/gateway/pair/capacity';
import { asGranted, freshMs, Grant, rateOf, type Grantor } from '@mailpair/shared/gateway/pair/grant';
import { shareSenders } from '@mailpair/shared/gateway/compose/known-senders';
import { KnownClients } from '@mailpair/shared/gateway/pair/known-clients';
import type { Mx } from '@mailpair/shared/gateway/pair/refusals';
import { Senders } from '@mailpair/shared/gateway/pair/senders';
import { Topics, type Told } from '@mailpair/shared/platform/topics';
import type { LoadSources, MeterHost } from '@mailpair/shared/gateway/pair/load-meter';
import { networkOf } from '@mailpair/shared/platform/network/client-network';
import type { Session } from '@mailpair/shared/platform/values/session';
import type { Chance } from './chance.ts';
import type { Caller, Door, Site, Visit } from './site.ts';
import type { Timeline } from './timeline.ts';

export interface PairParts {
  readonly inbound: Site;
  readonly outbound: Site;
  readonly rules: AdmissionRules;
  /** `load.submissionWait` in ms. */
  readonly submissionWaitMs: number;
  /** `pair.interval` in ms. */
  readonly heartbeatMs: number;
  readonly timeline: Timeline;
  readonly chance: Chance;
}

type DoorParts = Omit<PairParts, 'inbound' | 'outbound'>;

export function openPairDoors({ inbound, outbound, ...parts }: PairParts): void {
  const ofInbound = new SimulatedGateway('inbound', inbound, parts);
  const ofOutbound = new SimulatedGateway('outbound', outbound, parts);
  parts.timeline.every(parts.heartbeatMs, () => {
    const beats = [ofInbound.beat(), ofOutbound.beat()] as const;
    ofOutbound.heard(beats[0]);
    ofInbound.heard(beats[1]);
  });
}

type Beat = Partner & Grantor & { readonly told: Told };

const unheard: Beat = {
  state: 'unknown',
  draining: false,
  headroom: 0,
  sheds: false,
  answered: {},
  grant: null,
  lastBeatAt: null,
  told: {},
};

class SimulatedGateway {
  readonly #site: Site;
  readonly #parts: DoorParts;
  readonly #gate: Gate;
  readonly #topics = new Topics();
  #news = new Map<string, Set<string>>();
  #partner = unheard;

  constructor(here: Mx, site: Site, parts: DoorParts) {
    this.#site = site;
    this.#parts = parts;
    const { timeline, chance, rules, heartbeatMs } = parts;
    const fresh = freshMs(heartbeatMs);
    const grant = new Grant(
      () => (hasRoom(this.#partner) ? rateOf(this.#partner, timeline.now, fresh) : 0),
      () => timeline.now,
    );
    const clock = { now: () => Math.round(timeline.now) };
    const known = new KnownClients();
    const senders = new Senders({ here, known });
    shareSenders(this.#topics, clock, known, senders);
    this.#topics.onTold((topic, key) => this.#news.set(topic, (this.#news.get(topic) ?? new Set()).add(key)));
    const door = new SimulatedDoor((address) => {
      // Each sender has a network of its own, and its mail passes DMARC.
      const domain = networkOf(address);
      known.delivered(address, domain, clock.now());
      senders.delivered(address, domain, clock.now());
    });
    this.#gate = new Gate({
      rules: () => rules,
      partners: () => asGranted([this.#partner], timeline.now, fresh),
      take: () => grant.take(),
      siblings: () => [],
      sources: sourcesOf(site, parts),
      host: hostOf(site, timeline),
      known,
      senders,
      reach: () => [],
      isChecker: () => false,
      isLast: site.name === 'outbound',
      mostSessions: () => site.size.connections,
      setShut: (isShut) => void (door.isShut = isShut),
      clock,
      random: chance,
      log: { debug() {}, info() {}, warn() {}, error() {}, flush() {} },
      metrics: { sentAway() {} },
    });
    door.follow(this.#gate);
    site.door = door;
  }

  heard(beat: Beat): void {
    this.#partner = beat;
    this.#topics.take(beat.told);
  }

  beat(): Beat {
    const { rules, timeline } = this.#parts;
    const capacity = this.#gate.capacity();
    const grant = grantOf({
      capacity: this.#site.capacity,
      budget: rules.budget,
      dutyPerSecond: this.#site.dutyPerSecond,
      headroom: capacity.headroom,
      shedding: 1,
    });
    return {
      ...{ ...unheard, ...capacity, grant, lastBeatAt: timeline.now },
      state: 'alive',
      told: this.#told(),
    };
  }

  #told(): Told {
    const told = [...this.#news].map(([topic, keys]) => {
      const items = Array.from(keys, (key) => this.#topics.look(topic, key));
      return [topic, items.filter((item) => item !== undefined)] as const;
    });
    this.#news = new Map();
    return Object.fromEntries(told);
  }
}

/** Only sessions and the processor are limited. */
const sourcesOf = (site: Site, { submissionWaitMs }: DoorParts): LoadSources => ({
  sessions: () => site.sessionShare,
  memoryUsed: () => 0,
  descriptorsUsed: () => 0,
  slowestCommitMs: () => 0,
  submissions: () => ({ waitMs: site.submissionWait.medianMs(), fullMs: submissionWaitMs }),
  oldestDueMs: () => 0,
  freeBytes: () => 1,
  minFreeBytes: () => 0,
  localServers: () => ({ down: 0, latencyMs: 0, patienceMs: 1 }),
});

const hostOf = (site: Site, timeline: Timeline): MeterHost => ({
  now: () => timeline.now,
  takeUtilization: () => site.machine.takeUtilization(),
  pressure: () => ({ cpuPressure: undefined, ioPressure: undefined, memoryPressure: undefined }),
  every(intervalMs, act) {
    timeline.every(intervalMs, act);
    return () => undefined;
  },
});

class SimulatedDoor implements Door {
  isShut = false;
  #gate!: Gate;
  #hooks!: ReturnType<Gate['guard']>;
  readonly #delivered: (address: string) => void;

  constructor(delivered: (address: string) => void) {
    this.#delivered = delivered;
  }

  follow(gate: Gate): void {
    this.#gate = gate;
    this.#hooks = gate.guard({
      turnedAway() {},
      unserved() {},
      connect: () => null,
      mail: () => never(),
      rcpt: () => never(),
      message: () => never(),
      refused() {},
      closed() {},
      fault() {},
    });
  }

  meet({ address, isClean }: Caller): Visit {
    const session = sessionOf(address);
    const hooks = this.#hooks;
    const gate = this.#gate;
    return {
      isRefused: hooks.admit!(session) !== null,
      entered: () => gate.look(),
      turn() {
        const turn = hooks.greetingTurn!(session);
        return typeof turn === 'number' ? turn : 'refused';
      },
      delivered: () => isClean && this.#delivered(address),
      left: () => hooks.closed(session),
    };
  }
}

function never(): never {
  throw new Error('a simulated session has no commands');
}

const sessionOf = (address: string): Session => ({
  id: '',
  role: 'mx',
  listener: '',
  client: { address, port: 0 },
  helo: '',
  esmtp: true,
  trusted: false,
});
