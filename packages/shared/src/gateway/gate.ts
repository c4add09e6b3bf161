/**
 * accept → pair: who comes in through the listeners for mail from the internet, by the load and by what is known of
 * the partners. The decisions are pair/admission.ts; here they are asked for, carried out and told.
 *
 * The door is looked at after every measurement, when a client came in and when one has gone.
 */
import type { SessionHooks } from '../accept/listener.ts';
import {
  admit,
  hasRoom,
  roomLeft,
  nextDoor,
  sessionsAtTheDoor,
  type AdmissionRules,
  type Door,
  type Partner,
} from '../pair/admission.ts';
import type { KnownClients } from '../pair/known-clients.ts';
import { openLoadMeter, type LoadSources, type MeterHost } from '../pair/load-meter.ts';
import type { Load } from '../pair/load.ts';
import { reachAtTheDoor, type Reach } from '../pair/local-reach.ts';
import type { Capacity } from '../pair/partner-view.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { Metrics } from '../system/metrics.ts';
import type { Random } from '../system/random.ts';
import { replies, type Reply } from '../values/reply.ts';
import type { Session } from '../values/session.ts';
import { Greetings } from './greetings.ts';

export interface GateParts {
  rules(): AdmissionRules;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly Partner[];
  /** The other nodes of this role. */
  siblings(): readonly Partner[];
  /** Spends what the partners grant: false when they take no client more now. Absent where they take whoever is sent to them. */
  take?(): boolean;
  readonly sources: LoadSources;
  /** What the load is measured by; this process when it is absent. */
  readonly host?: MeterHost;
  readonly known: KnownClients;
  /** The local servers as they are now. */
  reach(): readonly Reach[];
  /** Closes and opens the listeners for mail from the internet. */
  setShut(shut: boolean): void;
  /** Addresses from which load balancers, partners and monitoring look whether this gateway is well. */
  isChecker(address: string): boolean;
  /** How many strangers may wait for the greeting. */
  mostWaiting(): number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'sentAway'>;
}

export interface Gate {
  /** Sessions of mail from the internet, as far as they are let in. */
  guard(hooks: SessionHooks): SessionHooks;
  load(): Load;
  /** For the heartbeat. */
  capacity(): Capacity;
  readonly door: Door;
  /** Load balancers are to send clients to a sibling. */
  readonly isFull: boolean;
  /** Other workers told of their sessions: opens or closes the door as it now should be. */
  look(): void;
  close(): void;
}

export function openGate(parts: GateParts): Gate {
  const { rules, partners, sources, known, clock, random, log, metrics } = parts;
  const greetings = new Greetings(parts.mostWaiting, clock, random);
  const events = {
    measured: look,
    failed: (error: unknown) =>
      log.error('load.fault', { err: error, fix: 'the load is shown as it was before' }),
  };
  const meter = openLoadMeter(sources, events, parts.host);
  let door: Door = 'open';
  let balanced: Door = 'open';

  /** With the sessions of this moment. */
  const withSessions = (load: number): number =>
    Math.max(load, sessionsAtTheDoor(sources.sessions(), rules()));
  const loadAtTheDoor = (): number =>
    Math.max(withSessions(meter.atTheDoor()), reachAtTheDoor(parts.reach(), partners()));

  function look(): void {
    const facts = {
      load: loadAtTheDoor(),
      urgent: withSessions(meter.urgent()),
      partners: partners(),
    };
    balanced = nextDoor(balanced, { ...facts, partners: parts.siblings() }, { ...rules(), shed: true });
    const next = nextDoor(door, facts, rules());
    if (next === door) return;
    if (next === 'shut' || door === 'shut') parts.setShut(next === 'shut');
    door = next;
    const event = { open: 'gate.open', shedding: 'gate.shedding', shut: 'gate.shut' }[next];
    log.warn(event, { load: facts.load, urgent: facts.urgent, parts: meter.load().parts });
  }

  const isKnown = ({ client }: Session): boolean => known.has(client.address, clock.now());

  /** It is answered at once whatever the load: a gateway that is full must not be taken for one that is dead. */
  const isChecker = ({ client, balancer }: Session): boolean =>
    balancer === client.address || parts.isChecker(client.address);

  /** Clients that would be sent away, had a partner granted room for them: they wait as if no partner had room. */
  const ungranted = new WeakSet<Session>();

  const hasSibling = ({ balancer }: Session): boolean =>
    balancer !== undefined && parts.siblings().some(hasRoom);

  function refusalOf(session: Session): Reply | null {
    if (isChecker(session)) return null;
    const client = {
      isKnown: isKnown(session),
      load: loadAtTheDoor(),
      sessions: sources.sessions(),
      hasSibling: hasSibling(session),
      random: random.next(),
    };
    const wanted = admit(door, client, rules());
    const isKept = wanted === 'shed' && parts.take?.() === false;
    if (isKept) ungranted.add(session);
    const admission = isKept ? admit('open', client, rules()) : wanted;
    if (admission === 'accept') return null;
    metrics.sentAway(admission);
    return admission === 'shed' ? replies.otherMx : replies.tooManyConnections;
  }

  /** Those that a partner could take were sent to it already, or let in. */
  function greetingTurn(session: Session): number | Reply {
    if (isChecker(session)) return 0;
    const isKept = hasSibling(session);
    if (door !== 'open' && !isKept && !ungranted.has(session))
      return greetings.forget(session) ? (refusalOf(session) ?? 0) : 0;
    const strain = isKept ? loadAtTheDoor() : meter.strain();
    const asked = { isKnown: isKnown(session), strain, submissions: meter.submissions(), hasSibling: isKept };
    const turn = greetings.turn(session, asked, rules());
    if (turn !== 'defer') return turn;
    metrics.sentAway('defer');
    return replies.tooManyConnections;
  }

  return {
    guard: (hooks) => ({
      ...hooks,
      admit: refusalOf,
      isKnown,
      connect(session) {
        const reply = hooks.connect(session);
        look();
        return reply;
      },
      greetingTurn,
      delivered(session) {
        hooks.delivered?.(session);
        known.delivered(session.client.address, clock.now());
      },
      cannotListen: (error, listener) =>
        log.error('gate.cannot-open', {
          listener,
          err: error,
          fix: 'free the port; it is tried every second',
        }),
      closed(session) {
        hooks.closed(session);
        greetings.forget(session);
        look();
      },
    }),
    load: () => meter.load(),
    capacity() {
      const load = meter.load();
      const { sessions = 0, ...others } = load.parts;
      const used = Math.max(sessionsAtTheDoor(sessions, rules()), ...Object.values(others));
      return { load, headroom: roomLeft(used, rules()), sheds: door !== 'open' };
    },
    get door() {
      return door;
    },
    get isFull() {
      return balanced !== 'open';
    },
    look,
    close: () => meter.close(),
  };
}
