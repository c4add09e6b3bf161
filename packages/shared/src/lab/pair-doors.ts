/**
 * The real decisions of the gateways (gateway/gate.ts and what it asks) in simulated time. Only what they measure and what they hear
 * of each other is simulated: the load of the processor, the sessions, and heartbeats that come once in an interval.
 */
import { openGate, type Gate } from '../gateway/gate.ts';
import type { AdmissionRules, Partner } from '../pair/admission.ts';
import { mostWaiting } from '../pair/greeting-turn.ts';
import { KnownClients } from '../pair/known-clients.ts';
import type { LoadSources, MeterHost } from '../pair/load-meter.ts';
import type { Session } from '../values/session.ts';
import type { Chance } from './chance.ts';
import type { Door, Site, Visit } from './site.ts';
import type { Timeline } from './timeline.ts';

export interface PairParts {
  readonly inbound: Site;
  readonly outbound: Site;
  readonly rules: AdmissionRules;
  /** `pair.interval`. */
  readonly heartbeatMs: number;
  readonly timeline: Timeline;
  readonly chance: Chance;
}

export function openPairDoors({ inbound, outbound, ...parts }: PairParts): void {
  const heard = { inbound: unheard, outbound: unheard };
  const ofInbound = openDoor(inbound, () => heard.outbound, parts);
  const ofOutbound = openDoor(outbound, () => heard.inbound, parts);
  parts.timeline.every(parts.heartbeatMs, () => {
    heard.inbound = beatOf(ofInbound);
    heard.outbound = beatOf(ofOutbound);
  });
}

const unheard: Partner = { state: 'unknown', draining: false, headroom: 0, sheds: false, answered: {} };

const beatOf = (gate: Gate): Partner => ({ ...unheard, ...gate.capacity(), state: 'alive' });

type DoorParts = Pick<PairParts, 'rules' | 'timeline' | 'chance'>;

function openDoor(site: Site, partner: () => Partner, { rules, timeline, chance }: DoorParts): Gate {
  const door = new SimulatedDoor();
  const gate = openGate({
    rules: () => rules,
    partners: () => [partner()],
    siblings: () => [],
    sources: sourcesOf(site),
    host: hostOf(site, timeline),
    known: new KnownClients(),
    reach: () => [],
    isChecker: () => false,
    mostWaiting: () => mostWaiting(site.size.connections, 1),
    setShut: (isShut) => void (door.isShut = isShut),
    clock: timelineClock(timeline),
    random: chance,
    log: { debug() {}, info() {}, warn() {}, error() {}, flush() {} },
    metrics: { sentAway() {} },
  });
  door.follow(gate);
  site.door = door;
  return gate;
}

/** Nothing but sessions and the processor is short. */
const sourcesOf = (site: Site): LoadSources => ({
  sessions: () => site.sessionShare,
  memoryUsed: () => 0,
  descriptorsUsed: () => 0,
  slowestCommitMs: () => 0,
  submissions: () => ({ waitMs: 0, fullMs: 1 }),
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

const timelineClock = (timeline: Timeline) => ({ now: () => timeline.now });

class SimulatedDoor implements Door {
  isShut = false;
  #gate!: Gate;
  #hooks!: ReturnType<Gate['guard']>;

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

  meet(address: string): Visit {
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
      delivered: () => hooks.delivered!(session),
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
