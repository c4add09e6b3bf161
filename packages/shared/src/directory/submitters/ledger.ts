/**
 * What each submitter has sent and whether its mail is held; in memory, bounded, kept over restarts by a file beside
 * the spool (ledger-file.ts). A submitter that exceeds a limit is held from that message on until it is released.
 *
 * The file is written a while after a change without waiting for the disk: after a crash a few counts are lost and never
 * a message, for what is held is said in each entry.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type {
  SubmitterHold,
  SubmitterLimits,
  SubmitterOf,
  SubmitterState,
  Submitting,
} from '../../platform/values/submitter.ts';
import { countsOf, excessOf, isIdle, noUsage, withMessages, withRefusals, type Usage } from './usage.ts';
import { isAddress } from '../../platform/network/addresses.ts';
import type { ToldHold } from './told-hold.ts';
import type { UsageFacts } from './usage-facts.ts';

export interface Account {
  readonly name: string;
  readonly usage: Usage;
  /** The client of its last message, which its limits depend on; null when it has not sent. */
  readonly sender: Submitting | null;
  readonly held: SubmitterHold | null;
  readonly lastAt: number;
  /** When it was released last; a hold from before that is over. */
  readonly releasedAt: number;
}

export interface Ledger {
  /**
   * Counts a message for its submitter, and says whether it is held.
   * @param enforce false to count and tell only
   */
  charge(sender: Submitting, recipients: number, enforce: boolean): UsageFacts;
  /** One of its recipients does not exist. */
  refused(name: string): void;
  heldFor(name: string): SubmitterHold | null;
  hold(name: string, reason: string): SubmitterState;
  /** A partner holds it, or another process by a limit. @returns whether it is held for that only now */
  holdToo(told: ToldHold, by?: 'partner' | 'limit'): boolean;
  /** Counts what another process of this gateway counted. */
  countToo(name: string, more: Counted): void;
  /** Lets it send again, counted from nothing. @returns what it was held for */
  release(name: string): SubmitterHold | null;
  /** All that have sent within a day, or are held. */
  list(): SubmitterState[];
  held(): SubmitterState[];
  get(name: string): SubmitterState | undefined;
  /** The limits in force now. A submitter that has not sent has those of a user or a host of that name. */
  limitsOf(name: string): SubmitterLimits;
  /** Writes what is not yet in the file. */
  close(): Promise<void>;
}

/** What is counted of a submitter. */
export interface Counted {
  readonly messages: number;
  readonly recipients: number;
  /** Recipients that do not exist. */
  readonly refused: number;
  /** The client of the last of the messages. */
  readonly sender?: Submitting;
}

export interface LedgerParts {
  readonly clock: Clock;
  /** By the settings as they are now. */
  readonly submitterOf: SubmitterOf;
  /** From earlier, the longest unused first. */
  readonly accounts: readonly Account[];
  /** There is something new to keep; `urgent` when somebody is held or released. */
  changed(urgent: boolean): void;
  /** It is held from now on, by a limit or by hand. */
  onHeld?(name: string): void;
  /** Counted here. */
  onCounted?(name: string, more: Counted): void;
  /** A limit was exceeded. */
  onExcess(name: string, reason: string, enforce: boolean): void;
  close(): Promise<void>;
}

/** More are not kept; those that sent last stay, and those held. */
const MAX_ACCOUNTS = 10_000;

export class SubmitterLedger implements Ledger {
  readonly #parts: LedgerParts;
  readonly #accounts = new Map<string, Account>();
  /** Told once in a while, not for every message. */
  readonly #told = new Map<string, number>();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    for (const account of parts.accounts) this.#accounts.set(account.name, account);
  }

  charge(sender: Submitting, recipients: number, enforce: boolean): UsageFacts {
    const { name, limits } = this.#parts.submitterOf(sender);
    const now = this.#parts.clock.now();
    const known = this.#of(name);
    const usage = withMessages(known.usage, 1, recipients, now);
    const counts = countsOf(usage, now);
    let { held } = known;
    const reason = held === null ? excessOf(counts, limits) : undefined;
    if (reason !== undefined) held = this.#exceeded(name, reason, enforce, now);
    const kept = enforce ? held : known.held;
    const isNew = kept !== known.held;
    this.#put({ ...known, usage, sender, held: kept, lastAt: now }, isNew);
    if (isNew) this.#parts.onHeld?.(name);
    this.#parts.onCounted?.(name, { messages: 1, recipients, refused: 0, sender });
    return { name, counts, ...(held && { held }) };
  }

  #exceeded(name: string, reason: string, enforce: boolean, now: number): SubmitterHold {
    const lastTold = this.#told.get(name) ?? -Infinity;
    if (enforce || now - lastTold >= TELL_AGAIN_MS) {
      if (this.#told.size >= MAX_ACCOUNTS) this.#told.clear();
      this.#told.set(name, now);
      this.#parts.onExcess(name, reason, enforce);
    }
    return { since: now, reason, by: 'limit' };
  }

  refused = (name: string): void => {
    const known = this.#accounts.get(name);
    if (!known) return;
    const usage = withRefusals(known.usage, 1, this.#parts.clock.now());
    this.#accounts.set(name, { ...known, usage });
    this.#parts.changed(false);
    this.#parts.onCounted?.(name, { messages: 0, recipients: 0, refused: 1 });
  };

  heldFor = (name: string): SubmitterHold | null => this.#accounts.get(name)?.held ?? null;

  hold(name: string, reason: string): SubmitterState {
    const known = this.#of(name);
    const held = known.held ?? { since: this.#parts.clock.now(), reason, by: 'operator' as const };
    this.#put({ ...known, held }, true);
    this.#parts.onHeld?.(name);
    return this.get(name)!;
  }

  countToo(name: string, { messages, recipients, refused, sender }: Counted): void {
    const now = this.#parts.clock.now();
    const known = this.#of(name);
    const usage = withRefusals(withMessages(known.usage, messages, recipients, now), refused, now);
    this.#put(
      { ...known, usage, sender: sender ?? known.sender, ...(messages > 0 && { lastAt: now }) },
      false,
    );
  }

  holdToo({ name, since, reason }: ToldHold, by: 'partner' | 'limit' = 'partner'): boolean {
    const known = this.#of(name);
    if (known.held !== null || since <= known.releasedAt) return false;
    this.#put({ ...known, held: { since, reason, by } }, true);
    return true;
  }

  release(name: string): SubmitterHold | null {
    const known = this.#accounts.get(name);
    if (!known) return null;
    // The clock of a partner may be ahead.
    const releasedAt = Math.max(this.#parts.clock.now(), known.held?.since ?? 0);
    this.#put({ ...known, usage: noUsage, held: null, releasedAt }, true);
    return known.held;
  }

  list(): SubmitterState[] {
    const now = this.#parts.clock.now();
    return [...this.#accounts.values()]
      .filter(({ usage, held }) => held !== null || !isIdle(usage, now))
      .map((account) => this.#stateOf(account, now));
  }

  held(): SubmitterState[] {
    const now = this.#parts.clock.now();
    return [...this.#accounts.values()]
      .filter(({ held }) => held !== null)
      .map((account) => this.#stateOf(account, now));
  }

  get(name: string): SubmitterState | undefined {
    const account = this.#accounts.get(name);
    return account && this.#stateOf(account, this.#parts.clock.now());
  }

  limitsOf(name: string): SubmitterLimits {
    return this.#parts.submitterOf(this.#accounts.get(name)?.sender ?? senderNamed(name)).limits;
  }

  /** As they are to be kept, the longest unused first. */
  accounts(): readonly Account[] {
    const now = this.#parts.clock.now();
    return [...this.#accounts.values()].filter(
      ({ usage, held, releasedAt }) => held !== null || now - releasedAt < KEPT_MS || !isIdle(usage, now),
    );
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  #of(name: string): Account {
    return (
      this.#accounts.get(name) ?? {
        name,
        usage: noUsage,
        sender: null,
        held: null,
        lastAt: 0,
        releasedAt: 0,
      }
    );
  }

  #stateOf({ name, usage, held, lastAt }: Account, now: number): SubmitterState {
    return { name, counts: countsOf(usage, now), limits: this.limitsOf(name), held, lastAt };
  }

  #put(account: Account, urgent: boolean): void {
    this.#accounts.delete(account.name);
    this.#accounts.set(account.name, account);
    if (this.#accounts.size > MAX_ACCOUNTS) this.#forgetOne();
    this.#parts.changed(urgent);
  }

  /** Of the longest unused few, one that is not held. */
  #forgetOne(): void {
    let looked = 0;
    for (const [name, { held }] of this.#accounts) {
      if (held === null || (looked += 1) > LOOK_AT) {
        this.#accounts.delete(name);
        return;
      }
    }
  }
}

const LOOK_AT = 1_000;
/** So long a partner that was away may still tell of a hold that is over here. */
const KEPT_MS = 7 * 24 * 3_600_000;
const TELL_AGAIN_MS = 600_000;

const senderNamed = (name: string): Submitting =>
  isAddress(name) ? { address: name, reversePath: '' } : { user: name, address: '', reversePath: name };
