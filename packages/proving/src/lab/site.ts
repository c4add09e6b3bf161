/** A simulated gateway: its processor, its sessions, and its admission of clients. */
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

/** The cost of one message, and the time that its client takes. */
export interface Costs {
  /** The CPU time in ms of one message with its connection, on a core of this site. */
  readonly messageMs: number;
  /** The CPU time in ms of a refused client. */
  readonly refusalMs: number;
  /** The median network time in ms of one session. */
  readonly networkMs: number;
}

/** The address of the client, and whether its mail passes the checks. */
export interface Caller {
  readonly address: string;
  readonly isClean: boolean;
}

/** Decides which clients are admitted. Each compared policy has one for each site. */
export interface Door {
  readonly isShut: boolean;
  meet(from: Caller): Visit;
}

/** The admission of one client. */
export interface Visit {
  /** True if the client is refused before it has a session. */
  readonly isRefused: boolean;
  /** Counts the session as open. */
  entered(): void;
  /** The delay in ms before the client is considered again; 0 to greet it now. */
  turn(): number | 'refused';
  delivered(): void;
  /** No longer counts the session as open. */
  left(): void;
}

/** The fraction of the CPU time of a message that the connection with TLS takes. */
const CONNECTING = 0.4;
const SPREAD = 0.8;
/** The duration in ms of a submission from the local network, without processing. */
const LOCAL_MS = 5;

/** Called at the end of an attempt; undefined means that the message was accepted. */
export type End = (trouble: Trouble | undefined) => void;

/** The target of an MX record: a gateway, or a balancer in front of several. */
export interface Host {
  readonly name: string;
  /**
   * A client from the internet sends a message.
   *
   * @param weight the work of the message; the mean is 1
   */
  bring(from: Caller, weight: number, end: End): void;
}

/** The averaging period of the submission rate, in ms. */
const DUTY_MS = 10_000;

export class Site implements Host {
  readonly size: SiteSize;
  readonly machine: Machine;
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #costs: Costs;
  #dutyAt = 0;
  readonly submissionWait: SubmissionWait;
  /** The average rate of submissions, in messages per second. */
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

  /** The messages per second that the processor of the site can process. */
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
