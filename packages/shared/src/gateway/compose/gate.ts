/**
 * accept → pair: who comes in through the listeners for mail from the internet, by the load and by what is known of
 * the partners. The decisions are gateway/pair/admission.ts; here they are asked for, carried out and told.
 *
 * The door is looked at after every measurement, when a client came in and when one has gone.
 */
import type { SessionHooks } from '../../smtp/server/listener.ts';
import {
  admit,
  hasRoom,
  roomLeft,
  nextDoor,
  sessionsAtTheDoor,
  type AdmissionRules,
  type Door,
  type DoorFacts,
  type Partner,
} from '../pair/admission.ts';
import { DoorNews } from '../pair/door-news.ts';
import type { KnownClients } from '../pair/known-clients.ts';
import { openLoadMeter, type LoadMeter, type LoadSources, type MeterHost } from '../pair/load-meter.ts';
import type { Load } from '../pair/load.ts';
import { reachAtTheDoor, type Reach } from '../pair/local-reach.ts';
import type { Capacity } from '../pair/partner-view.ts';
import type { Senders } from '../pair/senders.ts';
import { mostWaitMs } from '../pair/greeting-turn.ts';
import { classToGoBy, type Ranked } from '../pair/shed-order.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Random } from '../../platform/values/random.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import { Greetings } from './greetings.ts';

export interface GateParts {
  rules(): AdmissionRules;
  /** Gateways whose listeners are the other MX. */
  partners(): readonly Partner[];
  /** The other nodes of this role. */
  siblings(): readonly Partner[];
  /** Spends what partners grant: one token for a client that is sent over; false when there is none. */
  take?(): boolean;
  readonly sources: LoadSources;
  /** What the load is measured by; this process when it is absent. */
  readonly host?: MeterHost;
  readonly known: Pick<KnownClients, 'has'>;
  /** What senders do when they are refused. */
  readonly senders: Pick<Senders, 'classOf' | 'refused'>;
  /** The local servers as they are now. */
  reach(): readonly Reach[];
  /** Its MX is the last: whoever is refused here has nowhere else to go. */
  readonly isLast: boolean;
  /** Closes and opens the listeners for mail from the internet. */
  setShut(shut: boolean): void;
  /** Addresses from which load balancers, partners and monitoring look whether this gateway is well. */
  isChecker(address: string): boolean;
  /** Sessions that this worker may have. */
  mostSessions(): number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'sentAway'>;
}

export class Gate {
  readonly #parts: GateParts;
  readonly #greetings: Greetings;
  readonly #meter: LoadMeter;
  readonly #news = new DoorNews();
  #door: Door = 'open';
  /** The same towards the siblings, for load balancers. */
  #balanced: Door = 'open';
  /** What local servers are for the door, since the last measurement. */
  #reach = 0;

  constructor(parts: GateParts) {
    const { sources, host, mostSessions, clock, random, log } = parts;
    this.#parts = parts;
    this.#greetings = new Greetings(mostSessions, clock, random);
    const events = {
      measured: () => this.#measured(),
      failed: (error: unknown) =>
        log.error('load.fault', { err: error, fix: 'the load is shown as it was before' }),
    };
    this.#meter = openLoadMeter(sources, events, host);
  }

  get door(): Door {
    return this.#door;
  }

  /** Load balancers are to send clients to a sibling. */
  get isFull(): boolean {
    return this.#balanced !== 'open';
  }

  load = (): Load => this.#meter.load();

  /** For the heartbeat. */
  capacity(): Capacity {
    const load = this.load();
    const { sessions = 0, ...others } = load.parts;
    const rules = this.#parts.rules();
    const used = Math.max(sessionsAtTheDoor(sessions, rules), ...Object.values(others));
    return { load, headroom: roomLeft(used, rules), sheds: this.#door !== 'open' };
  }

  /** A port cannot be bound again. */
  readonly cannotListen: NonNullable<SessionHooks['cannotListen']> = (error, listener) =>
    this.#parts.log.error('gate.cannot-open', {
      listener,
      err: error,
      fix: 'free the port; it is tried every second',
    });

  /** Sessions of mail from the internet, as far as they are let in. */
  guard(hooks: SessionHooks): SessionHooks {
    return {
      ...hooks,
      admit: (session) => this.#refusalOf(session),
      isKnown: (session) => this.#isKnown(session),
      connect: (session) => {
        const reply = hooks.connect(session);
        this.look();
        return reply;
      },
      greetingTurn: (session) => this.#greetingTurn(session),
      cannotListen: this.cannotListen,
      closed: (session) => {
        hooks.closed(session);
        this.#greetings.closed(session);
        this.look();
      },
    };
  }

  /** Also when other workers told of their sessions: opens or closes the door as it now should be. */
  look(): void {
    const { partners, rules, setShut } = this.#parts;
    const facts = { ...this.#facts(), partners: partners() };
    const next = nextDoor(this.#door, facts, rules());
    if (next !== this.#door && (next === 'shut' || this.#door === 'shut')) setShut(next === 'shut');
    this.#door = next;
    this.#tell(facts);
  }

  close(): void {
    this.#meter.close();
  }

  #measured(): void {
    const { reach, partners, siblings, rules } = this.#parts;
    this.#greetings.adapt(this.#meter.strain(), rules());
    this.#reach = reachAtTheDoor(reach(), partners());
    const load = Math.max(this.#ownLoad(), reachAtTheDoor(reach(), siblings()));
    const facts = { ...this.#facts(), crowd: 0, load, partners: siblings() };
    this.#balanced = nextDoor(this.#balanced, facts, { ...rules(), shed: true });
    this.look();
  }

  #facts(): Omit<DoorFacts, 'partners'> {
    return {
      load: this.#loadAtTheDoor(),
      urgent: this.#withSessions(this.#meter.urgent()),
      crowd: this.#parts.isLast ? this.#greetings.crowd : 0,
    };
  }

  #loadAtTheDoor(): number {
    return Math.max(this.#ownLoad(), this.#reach);
  }

  #ownLoad(): number {
    return this.#withSessions(this.#meter.atTheDoor());
  }

  /** With the sessions of this moment. */
  #withSessions(load: number): number {
    const { sources, rules } = this.#parts;
    return Math.max(load, sessionsAtTheDoor(sources.sessions(), rules()));
  }

  #tell({ load, urgent }: Omit<DoorFacts, 'partners'>): void {
    const changes = this.#news.look(this.#door);
    if (changes === undefined) return;
    const { log } = this.#parts;
    const fields = { load, urgent, parts: this.load().parts, ...(changes > 1 && { changes }) };
    if (this.#door === 'shut') log.warn('gate.shut', fields);
    else log.info(this.#door === 'open' ? 'gate.open' : 'gate.shedding', fields);
  }

  #isKnown({ client }: Session): boolean {
    const { known, clock } = this.#parts;
    return known.has(client.address, clock.now());
  }

  /** It is answered at once whatever the load: a gateway that is full must not be taken for one that is dead. */
  #isChecker({ client, balancer }: Session): boolean {
    return balancer === client.address || this.#parts.isChecker(client.address);
  }

  #hasSibling({ balancer }: Session): boolean {
    return balancer !== undefined && this.#parts.siblings().some(hasRoom);
  }

  #ranked(session: Session): Ranked {
    const { senders, clock, random } = this.#parts;
    return {
      isKnown: this.#isKnown(session),
      class: classToGoBy(senders.classOf(session.client.address, clock.now()), random.next()),
    };
  }

  #refusalOf(session: Session): Reply | null {
    if (this.#isChecker(session)) return null;
    const { sources, take, random, rules } = this.#parts;
    const client = {
      ...this.#ranked(session),
      load: this.#loadAtTheDoor(),
      sessions: sources.sessions(),
      hasSibling: this.#hasSibling(session),
      random: random.next(),
    };
    const wanted = admit(this.#door, client, rules());
    // Without a grant it is as if no partner had room.
    const isKept = wanted === 'shed' && take?.() === false;
    const admission = isKept ? admit('open', client, rules()) : wanted;
    if (admission === 'accept') return null;
    this.#sendAway(admission, session);
    return admission === 'shed' ? replies.otherMx : replies.tooManyConnections;
  }

  #greetingTurn(session: Session): number | Reply {
    if (this.#isChecker(session)) return 0;
    const hasSibling = this.#hasSibling(session);
    if (this.#greetings.isWaiting(session) && this.#door !== 'open' && !hasSibling) {
      const refusal = this.#refusalOf(session);
      if (refusal) return refusal;
    }
    const ranked = this.#ranked(session);
    const turn = this.#greetings.turn(session, {
      ...ranked,
      hasSibling,
      mostMs: mostWaitMs(ranked.class ?? 'unknown'),
    });
    if (turn !== 'defer') return turn;
    this.#sendAway('defer', session);
    return replies.tooManyConnections;
  }

  #sendAway(how: 'shed' | 'defer', { client }: Session): void {
    const { senders, clock, metrics } = this.#parts;
    metrics.sentAway(how);
    senders.refused(client.address, clock.now());
  }
}
