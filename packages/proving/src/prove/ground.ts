/**
 * The operations of a row on its world: start and end the gateway, send mail, wait, and count the results.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartManner } from '../loopback/gateway-process.ts';
import { judgeMail, type Stop } from '../loopback/ledger.ts';
import { tallyOf } from '../loopback/tally.ts';
import { formatFailpoint, type Armed, type FailpointName } from '@mailpair/shared/platform/process/failpoint';
import { letterOf } from './mail.ts';
import type { RowResult } from './result.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

export interface GroundOptions extends WorldOptions {
  /** The name of the row. */
  readonly name: string;
  readonly title: string;
  readonly signal: AbortSignal;
}

const LOOK_MS = 20;
const NUDGE_MS = 1000;
const WAIT_MS = 60_000;
const KILL_MS = 20_000;

/** @throws if the world cannot be set up */
export async function openGround(options: GroundOptions): Promise<Ground> {
  return new Ground(options, await openWorld(options));
}

type Loss = Pick<RowResult, 'lost' | 'duplicated' | 'inFlight'>;

export class Ground {
  readonly world: World;
  /** Faults other than those of the mail, as text. A row may add to them. */
  readonly faults: string[] = [];
  readonly stops: Stop[] = [];
  /** The ids of letters for which one additional copy is correct. */
  readonly excused = new Set<string>();
  /** The ids of damaged letters that the gateway has reported. */
  readonly reported = new Set<string>();
  /** A further description of what was done. */
  note: string | undefined;
  readonly #options: GroundOptions;
  #loss: Loss = { lost: 0, duplicated: 0, inFlight: 0 };
  #sent = 0;
  /** The length of the gateway's output at its last start. */
  #saidBefore = 0;

  constructor(options: GroundOptions, world: World) {
    this.#options = options;
    this.world = world;
  }

  /** Starts the gateway with the given failpoints enabled. */
  async start(
    armed: readonly Armed[] = [],
    { sets = [], ...manner }: StartManner & { readonly sets?: readonly string[] } = {},
  ): Promise<void> {
    const { gateway } = this.world;
    this.#saidBefore = gateway.said().length;
    await gateway.start(sets, {
      ...manner,
      mayEnd: manner.mayEnd ?? armed.some(({ kind }) => kind === 'kill'),
      env: {
        ...manner.env,
        ...(armed.length > 0 && { MAILPAIR_FAILPOINTS: armed.map(formatFailpoint).join() }),
      },
    });
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    this.noteStop();
    await this.world.gateway.kill();
  }

  /** Sends SIGTERM, so that the gateway completes its work. */
  async stop(): Promise<void> {
    await this.world.gateway.stop();
  }

  /** Records a stop of the gateway, or of the named host, which explains copies of messages in flight. */
  noteStop(name = this.world.gateway.node.host, at = Date.now()): void {
    this.stops.push({ name, at });
  }

  /** Waits until the gateway has killed itself at the failpoint; records a fault if it does not. */
  async untilKilledAt(point: FailpointName): Promise<void> {
    const { gateway } = this.world;
    const over = new AbortController();
    const late = sleep(KILL_MS, undefined, { signal: AbortSignal.any([this.#options.signal, over.signal]) });
    const at = await Promise.race([gateway.ended(), late]);
    late.catch(() => undefined);
    over.abort();
    if (at === undefined) this.faults.push(`${point} was not reached`);
    else if (!this.saidSinceStart().includes(`failpoint ${point} kill`))
      this.faults.push(`it ended, and not at ${point}`);
    this.noteStop(undefined, at);
    if (at === undefined) await gateway.kill();
  }

  /** Sends `count` messages from the given domain or the usual one. */
  send(count: number, fromDomain?: string): void {
    const { role, name } = this.#options;
    for (let n = 0; n < count; n += 1) this.world.sender.send(letterOf(role, name, this.#sent++, fromDomain));
  }

  saidSinceStart(): string {
    return this.world.gateway.said().slice(this.#saidBefore);
  }

  /** @throws with what was waited for */
  async until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs = WAIT_MS): Promise<void> {
    const until = Date.now() + withinMs;
    while (!(await isTrue())) {
      if (Date.now() > until) throw new Error(`waited ${withinMs / 1000} s for this: ${what}`);
      await this.pause(LOOK_MS);
    }
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.signal });
  }

  /** Waits until the sender has no open messages. */
  untilSent(): Promise<void> {
    return this.until('all mail has left the sender', () => this.world.sender.open === 0);
  }

  /**
   * Waits until neither the sender nor the queue has messages. If `nudged`, repeats "queue retry" meanwhile.
   */
  async settle({ nudged = false } = {}): Promise<void> {
    const { gateway, sender } = this.world;
    let nudgeAt = Date.now() + NUDGE_MS;
    await this.until('all mail has left the sender and the queue', async () => {
      if (nudged && Date.now() > nudgeAt) {
        nudgeAt = Date.now() + NUDGE_MS;
        await gateway.retryAll();
      }
      return sender.open === 0 && (await gateway.queueLength()) === 0;
    }).catch((error: unknown) => {
      if (this.#options.signal.aborted) throw error;
      this.faults.push((error as Error).message);
    });
  }

  /** Adds losses that were found by other means than the messages that arrived. */
  addLoss({ lost, duplicated, inFlight }: Loss): void {
    this.#loss = {
      lost: this.#loss.lost + lost,
      duplicated: this.#loss.duplicated + duplicated,
      inFlight: this.#loss.inFlight + inFlight,
    };
  }

  result(reaches: readonly FailpointName[]): RowResult {
    const { sender, taken, gateway } = this.world;
    const { name, title } = this.#options;
    const said = gateway.said();
    const missed = reaches.filter((point) => !said.includes(`failpoint ${point} `));
    const sent = sender.sent.map((message) =>
      this.excused.has(message.id) ? { ...message, unanswered: message.unanswered + 1 } : message,
    );
    const verdicts = judgeMail(sent, taken, this.stops).filter(
      ({ fate, sent: { id } }) => fate !== 'lost' || !this.reported.has(id),
    );
    const { arrived, bounced, lost, duplicated, inFlight, altered } = tallyOf(verdicts);
    this.addLoss({ lost, duplicated, inFlight });
    const faults = [
      ...this.faults,
      ...missed.map((point) => `${point} was not reached`),
      ...gateway.crashes,
      ...verdicts.flatMap(({ fault }) => fault ?? []),
    ];
    return {
      ...{ name, title, runs: 1 },
      acknowledged: verdicts.filter(({ by }) => by !== undefined).length,
      ...{ arrived, bounced, altered, ...this.#loss },
      ...(this.note !== undefined && { note: this.note }),
      faults: [...new Set(faults)],
    };
  }

  close(): Promise<void> {
    return this.world.close();
  }
}
