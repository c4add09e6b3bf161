/**
 * What the workers of a gateway tell each other, by subject. What is new is gathered for a moment and goes to all of them in
 * one message; one that starts anew is told what it missed. Nothing waits for an answer, and a message lost with a worker that
 * dies costs freshness only, so a subject tells what is (counts, not differences) where it can.
 */
import type { Slot } from './slot.ts';

export interface Subject {
  readonly name: string;
  /** What is new since it was asked last, as JSON; undefined when nothing is. */
  news(): unknown;
  /** What a worker that starts anew has to know; undefined when that is nothing. */
  all(): unknown;
  take(told: unknown, from: number): void;
  /** A worker ended. */
  gone?(worker: number): void;
}

export interface Siblings {
  /** @returns what is called when there is news */
  add(subject: Subject): () => void;
}

/** One of them, as whoever shares something sees it. */
export interface Sibling {
  readonly slot: Slot;
  readonly siblings: Siblings;
}

/** What goes through the supervisor, which looks at `to` only. */
export interface Told {
  readonly kind: 'told';
  readonly from: number;
  /** One worker, or all others. */
  readonly to?: number;
  readonly about: Readonly<Record<string, unknown>>;
}

/** A worker began to serve, or ended. */
export interface Change {
  readonly kind: 'came' | 'gone';
  readonly worker: number;
}

/** A worker of whom there is only one. */
export const noSiblings: Siblings = { add: () => () => undefined };

/** So long news is gathered: a limit that is shared may be exceeded by what clients do meanwhile. */
const GATHER_MS = 20;

export class SiblingSet implements Siblings {
  readonly #own: number;
  readonly #say: (told: Told) => void;
  readonly #subjects = new Map<string, Subject>();
  /** Subjects with news. */
  readonly #fresh = new Set<Subject>();
  /** What came before its subject was there. */
  #early: (Told | Change)[] | null = [];

  constructor(own: number, say: (told: Told) => void) {
    this.#own = own;
    this.#say = say;
  }

  add(subject: Subject): () => void {
    this.#subjects.set(subject.name, subject);
    return () => {
      if (this.#fresh.size === 0) setTimeout(() => this.#tell(), GATHER_MS).unref();
      this.#fresh.add(subject);
    };
  }

  /** All subjects are there: takes what came meanwhile. */
  start(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const message of early) this.take(message);
  }

  take(message: Told | Change): void {
    if (this.#early) this.#early.push(message);
    else if (message.kind === 'told') this.#taken(message);
    else if (message.kind === 'gone')
      for (const subject of this.#subjects.values()) subject.gone?.(message.worker);
    else this.#send(this.#subjects.values(), (subject) => subject.all(), message.worker);
  }

  #taken({ from, about }: Told): void {
    for (const [name, told] of Object.entries(about)) this.#subjects.get(name)?.take(told, from);
  }

  #tell(): void {
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    this.#send(fresh, (subject) => subject.news());
  }

  #send(subjects: Iterable<Subject>, read: (subject: Subject) => unknown, to?: number): void {
    const about: Record<string, unknown> = {};
    for (const subject of subjects) {
      const told = read(subject);
      if (told !== undefined) about[subject.name] = told;
    }
    if (Object.keys(about).length > 0)
      this.#say({ kind: 'told', from: this.#own, ...(to !== undefined && { to }), about });
  }
}
