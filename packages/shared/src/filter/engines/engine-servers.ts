/**
 * The servers of one engine. Each message goes to the one with the least to do; where that fails another is asked. One
 * that cannot be reached, or answers no ping after a failure, is down: nobody waits for it, and it is asked by ping
 * until it is back. When all are down, that is known at once.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { EnginePlace, EngineServerSettings } from '../../config/schema/engine-server.ts';
import { UnreachableError } from './connect.ts';

export type EngineName = 'clamav' | 'rspamd';

export interface EngineState {
  readonly engine: EngineName;
  readonly server: string;
  readonly standing: 'up' | 'down';
  /** Why it is down. */
  readonly reason?: string;
  /** Since when it has been so. */
  readonly since: number;
  /** Messages it has now. */
  readonly active: number;
}

export interface EngineRules {
  /** How long one server may take for a message. */
  readonly timeoutMs: number;
  /** How often one that is down is asked whether it is back. */
  readonly retestMs: number;
  /** Messages that one server has at a time. */
  readonly connections: number;
}

export interface EngineParts {
  readonly engine: EngineName;
  readonly rules: EngineRules;
  /** Rejects with what is wrong. */
  ping(place: EnginePlace, signal: AbortSignal): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** A server was asked about a message, and answered or did not. */
  counted(engine: EngineName, server: string, result: 'answered' | 'failed', ms: number): void;
}

interface Server extends EngineServerSettings {
  standing: 'up' | 'down';
  reason: string;
  since: number;
  active: number;
  test: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** A message that brings down whoever looks at it shall not bring down all of them. */
const ATTEMPTS = 2;
const PING_MS = 5_000;

export class EngineServers {
  readonly #parts: EngineParts;
  readonly #servers: readonly Server[];
  readonly #closing = new AbortController();
  #waiting: (() => void)[] = [];

  /** Asks each whether it is there. Until it says no it is taken to be. */
  constructor(servers: readonly EngineServerSettings[], parts: EngineParts) {
    this.#parts = parts;
    this.#servers = servers.map((server) => ({
      ...server,
      standing: 'up',
      reason: '',
      since: parts.clock.now(),
      active: 0,
      test: undefined,
      timer: undefined,
    }));
    for (const server of this.#servers) this.#tested(server);
  }

  /** @throws saying of each server why it gave no answer */
  async ask<A>(
    about: (place: EnginePlace, signal: AbortSignal) => Promise<A>,
    signal: AbortSignal,
  ): Promise<{ readonly server: string; readonly answer: A }> {
    const faults: string[] = [];
    const tried = new Set<Server>();
    while (tried.size < ATTEMPTS) {
      const server = await this.#take(tried, signal);
      if (!server) break;
      tried.add(server);
      try {
        return { server: server.name, answer: await this.#askOne(server, about, signal) };
      } catch (error) {
        faults.push(`${server.name}: ${(error as Error).message}`);
      }
    }
    const down = this.#servers
      .filter((server) => server.standing === 'down' && !tried.has(server))
      .map(({ name, reason }) => `${name} is down: ${reason}`);
    throw new Error([...faults, ...down].join('; '));
  }

  states(): readonly EngineState[] {
    return this.#servers.map(({ name, standing, reason, since, active }) => ({
      engine: this.#parts.engine,
      server: name,
      standing,
      ...(standing === 'down' && { reason }),
      since,
      active,
    }));
  }

  close(): void {
    this.#closing.abort(new Error('closing'));
    for (const { timer } of this.#servers) clearTimeout(timer);
  }

  /** The one with the least to do, as soon as it may have one more; undefined when there is none. */
  async #take(tried: ReadonlySet<Server>, signal: AbortSignal): Promise<Server | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const up = this.#servers.filter((server) => server.standing === 'up' && !tried.has(server));
      const [first, ...rest] = up;
      if (!first) return undefined;
      const server = rest.reduce((least, each) => (each.active < least.active ? each : least), first);
      if (server.active < this.#parts.rules.connections) {
        server.active += 1;
        return server;
      }
      await this.#released(signal);
    }
  }

  async #released(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const giveUp = (): void => resolve();
    this.#waiting.push(resolve);
    signal.addEventListener('abort', giveUp, { once: true });
    await promise;
    signal.removeEventListener('abort', giveUp);
  }

  /** All look again who waits: they are as many as messages are being received, at most. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #askOne<A>(
    server: Server,
    about: (place: EnginePlace, signal: AbortSignal) => Promise<A>,
    signal: AbortSignal,
  ): Promise<A> {
    const { engine, rules, counted } = this.#parts;
    const from = performance.now();
    const note = (result: 'answered' | 'failed'): void =>
      counted(engine, server.name, result, performance.now() - from);
    try {
      const answer = await within(rules.timeoutMs, signal, (given) => about(server.place, given));
      note('answered');
      return answer;
    } catch (error) {
      note('failed');
      if (error instanceof UnreachableError) this.#become(server, 'down', error.message);
      else this.#tested(server);
      throw error;
    } finally {
      server.active -= 1;
      this.#wake();
    }
  }

  #tested(server: Server): void {
    server.test ??= this.#runTest(server).finally(() => (server.test = undefined));
  }

  async #runTest(server: Server): Promise<void> {
    try {
      await within(PING_MS, this.#closing.signal, (signal) => this.#parts.ping(server.place, signal));
      this.#become(server, 'up', '');
    } catch (error) {
      this.#become(server, 'down', (error as Error).message);
    }
  }

  #become(server: Server, standing: Server['standing'], reason: string): void {
    if (this.#closing.signal.aborted) return;
    const { engine, rules, clock, log } = this.#parts;
    server.reason = reason;
    clearTimeout(server.timer);
    if (standing === 'down') server.timer = setTimeout(() => this.#tested(server), rules.retestMs).unref();
    if (server.standing === standing) return;
    server.standing = standing;
    server.since = clock.now();
    if (standing === 'down') log.warn('engine.down', { engine, server: server.name, reason });
    else log.warn('engine.up', { engine, server: server.name });
    this.#wake();
  }
}

/** Gives up after that time, or with `signal`, by the signal that is handed on. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  const giveUp = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await run(own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
