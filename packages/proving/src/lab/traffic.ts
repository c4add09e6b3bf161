/**
 * The messages on their way to the simulated pair. Each message is tried until it is accepted or abandoned.
 */
import { orderHosts, type Trouble } from '../loopback/behaviour.ts';
import type { Chance } from './chance.ts';
import type { Sender } from './population.ts';
import type { Caller, Host } from './site.ts';
import type { Timeline } from './timeline.ts';

export interface Mail {
  readonly sender: Sender;
  readonly bornAt: number;
  /** The number of refused attempts at a host. */
  refusals: number;
  /** The number of attempts after the first. */
  retries: number;
  takenAt?: number;
  isGivenUp?: true;
}

export interface MxRecord {
  readonly host: Host;
  readonly preference: number;
}

const GIVEN_UP_MS = 5 * 24 * 3_600_000;

export class Traffic {
  readonly #timeline: Timeline;
  readonly #records: readonly MxRecord[];
  readonly #chance: Chance;
  readonly all: Mail[] = [];

  constructor(timeline: Timeline, records: readonly MxRecord[], chance: Chance) {
    this.#timeline = timeline;
    this.#records = records;
    this.#chance = chance;
  }

  /** Whether each message is taken or given up. */
  get isSettled(): boolean {
    return this.all.every(({ takenAt, isGivenUp }) => takenAt !== undefined || isGivenUp);
  }

  send(sender: Sender): void {
    const mail: Mail = { sender, bornAt: this.#timeline.now, refusals: 0, retries: 0 };
    this.all.push(mail);
    this.#attempt(mail);
  }

  #attempt(mail: Mail): void {
    const { behaviour, rests } = mail.sender;
    const { now } = this.#timeline;
    const records = orderHosts(this.#records, behaviour, () => this.#chance.next());
    this.#bring(
      mail,
      records.filter(({ host }) => (rests.get(host.name) ?? 0) <= now).map(({ host }) => host),
      { address: mail.sender.address(this.#chance), isClean: mail.sender.kind !== 'spammer' },
    );
  }

  #bring(mail: Mail, [next, ...others]: readonly Host[], from: Caller): void {
    if (!next) return this.#later(mail);
    next.bring(from, this.#weight(), (trouble) => {
      if (trouble === undefined) {
        mail.takenAt = this.#timeline.now;
        return;
      }
      mail.refusals += 1;
      this.#rest(mail.sender, next, trouble);
      if (mail.sender.behaviour.after(trouble) === 'next host') this.#bring(mail, others, from);
      else this.#later(mail);
    });
  }

  #rest({ behaviour, rests }: Sender, { name }: Host, trouble: Trouble): void {
    const restMs = behaviour.restsHostMs(trouble);
    if (restMs > 0) rests.set(name, this.#timeline.now + restMs);
  }

  /** Varies the delay, so that senders do not all return at the same time. */
  #later(mail: Mail): void {
    const ageMs = this.#timeline.now - mail.bornAt;
    const pauseMs = mail.sender.behaviour.retryAfterMs(ageMs);
    if (pauseMs === undefined || ageMs > GIVEN_UP_MS) {
      mail.isGivenUp = true;
      return;
    }
    mail.retries += 1;
    this.#timeline.after(pauseMs * (0.9 + 0.2 * this.#chance.next()), () => this.#attempt(mail));
  }

  /** Messages differ in size and therefore in work; the mean is 1. */
  #weight(): number {
    return Math.min(20, this.#chance.logNormal(0.6, 1));
  }
}
