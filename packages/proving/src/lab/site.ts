/** A simulated gateway: its processor, its sessions, and what a client finds at its door. */
import type { Trouble } from '../loopback/behaviour.ts';
import { SubmissionWait } from '@mailpair/shared/gateway/pair/submission-wait';
import type { Chance } from './chance.ts';
import { Machine } from './machine.ts';
import type { Timeline } from './timeline.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface SiteSize {
  readonly name: RoleName;
  readonly cores: number;
  /** `limits.connections`. */
  readonly connections: number;
}

/** What one message costs and how long its client takes. */
export interface Costs {
  /** CPU of a message on a core of this site, connection and all. */
  readonly messageMs: number;
  /** CPU of a client that is refused. */
  readonly refusalMs: number;
  /** Median of the time that a client's network takes during a session. */
  readonly networkMs: number;
}

/** The address that connects, and whether the checks have nothing against its mail. */
export interface Caller {
  readonly address: string;
  readonly isClean: boolean;
}

/** Who comes in. Every policy that is compared has one of these for each site. */
export interface Door {
  readonly isShut: boolean;
  meet(from: Caller): Visit;
}

/** One client at the door. */
export interface Visit {
  /** It is refused before it has a session. */
  readonly isRefused: boolean;
  /** Its session counts among the open ones. */
  entered(): void;
  /** In how many ms it is looked at again; 0 when it is greeted now. */
  turn(): number | 'refused';
  delivered(): void;
  /** Its session counts no more. */
  left(): void;
}

/** Share of a message's CPU that connecting takes, with TLS. */
const CONNECTING = 0.4;
const SPREAD = 0.8;
/** A submission comes from the local network. */
const LOCAL_MS = 5;

/** Called with undefined when the message was taken. */
export type End = (trouble: Trouble | undefined) => void;

/** What the MX records lead to: a gateway, or a balancer in front of several. */
export interface Host {
  readonly name: string;
  /**
   * A stranger brings a message.
   * @param weight the work of the message; 1 is the usual one
   */
  bring(from: Caller, weight: number, end: End): void;
}

/** How long the average of what is submitted looks back. */
const DUTY_MS = 10_000;

export class Site implements Host {
  readonly size: SiteSize;
  readonly machine: Machine;
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #costs: Costs;
  #dutyAt = 0;
  readonly submissionWait: SubmissionWait;
  /** Messages per second that are submitted, averaged. */
  dutyPerSecond = 0;
  door!: Door;
  sessions = 0;
  mostSessions = 0;
  accepted = 0;
  refused = 0;

  constructor(size: SiteSize, costs: Costs, timeline: Timeline, chance: Chance) {
    this.size = size;
    this.machine = new Machine(timeline, size.cores);
    this.submissionWait = new SubmissionWait({ now: () => timeline.now });
    this.#timeline = timeline;
    this.#chance = chance;
    this.#costs = costs;
  }

  get name(): string {
    return this.size.name;
  }

  get sessionShare(): number {
    return this.sessions / this.size.connections;
  }

  bring(from: Caller, weight: number, end: End): void {
    if (this.door.isShut) return this.#refuse('refused', end);
    const visit = this.door.meet(from);
    if (this.sessions >= this.size.connections || visit.isRefused) return this.#refuse('greeting 4xx', end);
    this.sessions += 1;
    this.mostSessions = Math.max(this.mostSessions, this.sessions);
    visit.entered();
    this.#greet(visit, weight, end);
  }

  #greet(visit: Visit, weight: number, end: End): void {
    const turn = visit.turn();
    if (turn === 'refused') {
      this.#leave(visit);
      this.#refuse('greeting 4xx', end);
    } else if (turn > 0) this.#timeline.after(turn, () => this.#greet(visit, weight, end));
    else this.#serve(visit, weight, end);
  }

  #serve(visit: Visit, weight: number, end: End): void {
    this.#work(CONNECTING, () =>
      this.#network(1, () =>
        this.#work((1 - CONNECTING) * weight, () => {
          this.accepted += 1;
          visit.delivered();
          this.#leave(visit);
          end(undefined);
        }),
      ),
    );
  }

  #refuse(trouble: Trouble, end: End): void {
    this.refused += 1;
    const work = trouble === 'refused' ? 0 : this.#costs.refusalMs;
    this.machine.run(work, () => this.#network(0.25, () => end(trouble)));
  }

  /** Messages per second that its processor can do. */
  get capacity(): number {
    return (this.size.cores * 1000) / this.#costs.messageMs;
  }

  /** The local server submits a message. */
  submit(done: () => void): void {
    this.#noteDuty();
    this.#timeline.after(LOCAL_MS, () => {
      const beganAt = this.#timeline.now;
      this.#work(1, () => {
        this.submissionWait.note(this.#timeline.now - beganAt);
        done();
      });
    });
  }

  #noteDuty(): void {
    const elapsed = this.#timeline.now - this.#dutyAt;
    const weight = Math.exp(-elapsed / DUTY_MS);
    this.dutyPerSecond = this.dutyPerSecond * weight + 1000 / DUTY_MS;
    this.#dutyAt = this.#timeline.now;
  }

  #leave(visit: Visit): void {
    this.sessions -= 1;
    visit.left();
  }

  #work(share: number, done: () => void): void {
    this.machine.run(share * this.#costs.messageMs, done);
  }

  #network(share: number, done: () => void): void {
    this.#timeline.after(share * this.#chance.logNormal(this.#costs.networkMs, SPREAD), done);
  }
}
