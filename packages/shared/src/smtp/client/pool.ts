/**
 * Open sessions by next hop, and who waits for one.
 *
 * An idle session is used first, the one used last before the others; else a new one is opened while the limits
 * allow, at the cost of another hop's idle session if need be; else the caller waits its turn, first come, first
 * served, over all hops. When a hop cannot be reached and no session with it is left, all who wait for it are told.
 * Idle sessions end after `idleMs`, used ones after `messagesPerConnection`, with QUIT.
 */
import { nextHopKey, type NextHop } from '../../platform/values/next-hop.ts';
import type { Connection } from './connection.ts';
import type { Budget, OpenHop } from './open-hop.ts';

export interface PoolLimits {
  readonly connectionsPerHop: number;
  readonly connectionsTotal: number;
  readonly idleMs: number;
  readonly messagesPerConnection: number;
}

/** busy: the time was over before it was our turn · opening: before the host took us in · closing: we shut down. */
export class WaitEnded extends Error {
  override name = 'WaitEnded';
  readonly why: 'busy' | 'opening' | 'closing';

  constructor(why: 'busy' | 'opening' | 'closing') {
    super(why);
    this.why = why;
  }
}

export interface HopState {
  readonly hop: NextHop;
  /** Sessions, those being opened among them. */
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

interface Waiter {
  readonly ticket: number;
  readonly budget: Budget;
  /** False when nobody waits any more. */
  settle(result: Connection | Error): boolean;
}

interface Slots {
  readonly key: string;
  readonly hop: NextHop;
  open: number;
  readonly idle: Connection[];
  readonly waiting: Waiter[];
}

export class Pool {
  readonly #limits: PoolLimits;
  readonly #openHop: OpenHop;
  readonly #hops = new Map<string, Slots>();
  /** Whose slot a session takes. */
  readonly #homes = new WeakMap<Connection, Slots>();
  #open = 0;
  #idle = 0;
  #waiting = 0;
  #tickets = 0;
  #closing = false;
  #emptied: () => void = () => undefined;
  readonly #partings = new Set<Promise<void>>();

  constructor(limits: PoolLimits, openHop: OpenHop) {
    this.#limits = limits;
    this.#openHop = openHop;
  }

  /**
   * A session with the hop, to be given back with `release` or `reopen`.
   * @throws ConnectError, WaitEnded
   */
  acquire(hop: NextHop, budget: Budget, deadlineAt: number): Connection | Promise<Connection> {
    if (this.#closing) return Promise.reject(new WaitEnded('closing'));
    const slots = this.#slotsOf(hop);
    // An idle session means that nobody waits for one.
    const connection = this.#takeIdle(slots);
    if (connection) return connection;
    return this.#wait(slots, budget, deadlineAt, (waiter) => {
      slots.waiting.push(waiter);
      this.#waiting += 1;
      this.#serve();
    });
  }

  /**
   * A fresh session in the place of one that is of no use any more.
   * @throws ConnectError, WaitEnded
   */
  reopen(connection: Connection, budget: Budget, deadlineAt: number): Promise<Connection> {
    connection.wire.destroy();
    const slots = this.#homes.get(connection)!;
    return this.#wait(slots, budget, deadlineAt, (waiter) => {
      this.#leaveSlot(slots);
      this.#openFor(slots, waiter);
    });
  }

  /** Ends the use of a session, and the session too unless it is `clean`. */
  release(connection: Connection, clean: boolean): void {
    const slots = this.#homes.get(connection)!;
    if (!clean) {
      connection.wire.destroy();
      this.#leaveSlot(slots);
    } else if (this.#closing || connection.messages >= this.#limits.messagesPerConnection) {
      this.#part(slots, connection);
    } else {
      this.#rest(slots, connection);
    }
    this.#serve();
  }

  state(): HopState[] {
    return [...this.#hops.values()].map(({ hop, open, idle, waiting }) => ({
      hop,
      open,
      idle: idle.length,
      waiting: waiting.length,
    }));
  }

  /** Nobody gets a session any more. Resolves when those in use have come back and all have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const slots of [...this.#hops.values()]) {
      this.#refuse(slots, new WaitEnded('closing'));
      for (let idle = this.#takeIdle(slots); idle; idle = this.#takeIdle(slots)) this.#part(slots, idle);
      this.#forget(slots);
    }
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await Promise.all(this.#partings);
  }

  #slotsOf(hop: NextHop): Slots {
    const key = nextHopKey(hop);
    let slots = this.#hops.get(key);
    if (!slots) this.#hops.set(key, (slots = { key, hop, open: 0, idle: [], waiting: [] }));
    return slots;
  }

  #wait(
    slots: Slots,
    budget: Budget,
    deadlineAt: number,
    begin: (waiter: Waiter) => void,
  ): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let waits = true;
      const settle = (result: Connection | Error): boolean => {
        clearTimeout(timer);
        if (!waits) return false;
        waits = false;
        if (result instanceof Error) reject(result);
        else resolve(result);
        return true;
      };
      const waiter = { ticket: this.#tickets++, budget, settle };
      if (deadlineAt < Infinity)
        timer = setTimeout(() => this.#giveUp(slots, waiter), Math.max(deadlineAt - performance.now(), 0));
      begin(waiter);
    });
  }

  #giveUp(slots: Slots, waiter: Waiter): void {
    const place = slots.waiting.indexOf(waiter);
    if (place < 0) {
      waiter.settle(new WaitEnded('opening'));
      return;
    }
    slots.waiting.splice(place, 1);
    this.#waiting -= 1;
    waiter.settle(new WaitEnded('busy'));
    this.#forget(slots);
  }

  /** Serves who waits longest, as far as it goes. */
  #serve(): void {
    while (this.#waiting > 0) {
      let next: Slots | undefined;
      for (const slots of this.#hops.values())
        if (this.#canServe(slots) && (!next || slots.waiting[0]!.ticket < next.waiting[0]!.ticket))
          next = slots;
      if (!next) return;
      const waiter = next.waiting.shift()!;
      this.#waiting -= 1;
      const idle = this.#takeIdle(next);
      if (idle) waiter.settle(idle);
      else this.#openFor(next, waiter);
    }
  }

  #canServe({ waiting, idle, open }: Slots): boolean {
    if (waiting.length === 0) return false;
    if (idle.length > 0) return true;
    const mayOpen = this.#open < this.#limits.connectionsTotal || this.#idle > 0;
    return open < this.#limits.connectionsPerHop && mayOpen;
  }

  #openFor(slots: Slots, waiter: Waiter): void {
    if (this.#open >= this.#limits.connectionsTotal) this.#endSomeIdle();
    slots.open += 1;
    this.#open += 1;
    this.#hops.set(slots.key, slots);
    this.#openHop(slots.hop, waiter.budget).then(
      (connection) => {
        this.#homes.set(connection, slots);
        if (!waiter.settle(connection)) this.release(connection, true);
      },
      (error: Error) => {
        waiter.settle(error);
        if (slots.open === 1) this.#refuse(slots, error);
        this.#leaveSlot(slots);
        this.#serve();
      },
    );
  }

  #refuse(slots: Slots, error: Error): void {
    this.#waiting -= slots.waiting.length;
    for (const waiter of slots.waiting.splice(0)) waiter.settle(error);
  }

  #endSomeIdle(): void {
    for (const slots of this.#hops.values()) {
      const connection = this.#takeIdle(slots);
      if (connection) return this.#part(slots, connection);
    }
  }

  #rest(slots: Slots, connection: Connection): void {
    slots.idle.push(connection);
    this.#idle += 1;
    connection.wire.rest(this.#limits.idleMs, () => {
      slots.idle.splice(slots.idle.indexOf(connection), 1);
      this.#idle -= 1;
      this.#part(slots, connection);
      this.#serve();
    });
  }

  #takeIdle(slots: Slots): Connection | undefined {
    const connection = slots.idle.pop();
    if (!connection) return undefined;
    this.#idle -= 1;
    connection.wire.wakeUp();
    return connection;
  }

  /** Says goodbye; the slot is free at once. */
  #part(slots: Slots, connection: Connection): void {
    const parting = connection.wire.close().then(() => void this.#partings.delete(parting));
    this.#partings.add(parting);
    this.#leaveSlot(slots);
  }

  #leaveSlot(slots: Slots): void {
    slots.open -= 1;
    this.#open -= 1;
    this.#forget(slots);
    if (this.#open === 0) this.#emptied();
  }

  #forget(slots: Slots): void {
    if (slots.open === 0 && slots.waiting.length === 0) this.#hops.delete(slots.key);
  }
}
