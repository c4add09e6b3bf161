/**
 * All other nodes of the pair: sends each a heartbeat at every interval, takes theirs, and shows what is known of them.
 * Nothing in the path of mail waits for any of it.
 */
import { Throttle } from '../../platform/log/throttle.ts';
import { formatBeat, MAX_BEAT_BYTES, parseBeat } from './partner-beat.ts';
import type { PartnerClient } from './partner-client.ts';
import { otherVersion, refusalFaults, type Fault } from './partner-faults.ts';
import { Gate, statusOf, type Refusal } from './partner-gate.ts';
import type { PartnerKey } from './partner-keys.ts';
import type { Node } from './partner-record.ts';
import { formatSeal, type Seal } from './partner-signature.ts';
import type { PartnerView } from './partner-view.ts';
import { answerLine, Partner, QUESTION_LINE, type PartnerContext } from './partner.ts';

/** Another node, and where it is reached. */
export interface OtherNode extends Node {
  readonly url: string | null;
}

export interface Question {
  readonly seal: string;
  readonly body: Buffer;
  /** Address of who asks. */
  readonly client: string;
}

export interface Answered {
  readonly status: number;
  /** '' when it is not under seal. */
  readonly seal: string;
  readonly body: Buffer;
}

export { MAX_BEAT_BYTES };

/** How soon a death is seen. */
const LOOK_MS = 250;
/** A refusal for one reason is logged once in this time. */
const LOGGED_EVERY_MS = 60_000;

export class PartnerSet {
  readonly #context: PartnerContext;
  readonly #connect: (url: string, node: string) => PartnerClient;
  readonly #gate: Gate;
  readonly #partners = new Map<string, Partner>();
  readonly #logged: Throttle<Refusal | 'unreadable'>;
  #timers: NodeJS.Timeout[] = [];
  #lookedAt: number;

  constructor(context: PartnerContext, connect: (url: string, node: string) => PartnerClient) {
    this.#context = context;
    this.#connect = connect;
    this.#gate = new Gate(context.self);
    this.#logged = new Throttle(LOGGED_EVERY_MS, () => context.steady.now());
    this.#lookedAt = context.steady.now();
  }

  /** From now on these. What is known of those that were there stays. */
  set(nodes: readonly OtherNode[]): void {
    const wanted = new Map(nodes.map((node) => [`${node.role}/${node.node}`, node]));
    for (const [name, partner] of this.#partners) {
      if (wanted.has(name)) continue;
      partner.close();
      this.#partners.delete(name);
    }
    for (const [name, { role, node, url }] of wanted) {
      const partner = this.#partners.get(name) ?? new Partner({ role, node }, this.#context);
      partner.reachBy(url === null ? null : this.#connect(url, node));
      this.#partners.set(name, partner);
    }
    this.#stop();
    if (wanted.size === 0) return;
    const { intervalMs } = this.#context.rules();
    this.#timers = [
      setInterval(() => this.look(), Math.min(intervalMs, LOOK_MS)),
      setInterval(() => this.beat(), intervalMs),
    ];
    this.#lookedAt = this.#context.steady.now();
    this.beat();
  }

  /** Whether all of them are still there. */
  look(): void {
    const now = this.#context.steady.now();
    const { intervalMs } = this.#context.rules();
    const sinceMs = now - this.#lookedAt;
    const absentMs = sinceMs > 2 * intervalMs ? sinceMs - Math.min(intervalMs, LOOK_MS) : 0;
    this.#lookedAt = now;
    for (const partner of this.#all()) partner.look(absentMs);
  }

  beat(): void {
    for (const partner of this.#all()) void partner.send();
  }

  views(): PartnerView[] {
    return this.#all().map((partner) => partner.view());
  }

  /** There is something new under this key of the topic. */
  tell(topic: string, key: string): void {
    for (const partner of this.#partners.values()) partner.tell(topic, key);
  }

  /** A heartbeat came in. */
  receive({ seal: text, body, client }: Question): Answered {
    const { keys, clock, metrics } = this.#context;
    const isPartner = (name: string): boolean => this.#partners.has(name);
    const sealed = { line: QUESTION_LINE, body };
    const judged = this.#gate.judge(text, sealed, { keys: keys(), isPartner, now: clock.now() });
    if (judged.kind === 'refused') return this.#refuse(judged.reason, client, judged.genuine);
    const { kind, seal, key } = judged;
    if (kind === 'introduced') {
      metrics.heartbeat('received', kind);
      return this.#answer(409, Buffer.from('{"error":"run"}'), seal, key);
    }
    const beat = parseBeat(body);
    if (!beat) return this.#refuse('unreadable', client, { seal, key });
    metrics.heartbeat('received', kind);
    this.#partners.get(seal.from)?.heard(seal, beat, key);
    return this.#answer(200, formatBeat({ ...this.#context.compose(key), told: {} }), seal, key);
  }

  /** Tells every partner at once how things are. Resolves when they know, or cannot be told. */
  async announce(): Promise<void> {
    await Promise.all(this.#all().map((partner) => partner.announce()));
  }

  close(): void {
    this.#stop();
    for (const partner of this.#all()) partner.close();
    this.#partners.clear();
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #all(): Partner[] {
    return [...this.#partners.values()];
  }

  #refuse(
    reason: Refusal | 'unreadable',
    client: string,
    genuine: { seal: Seal; key: PartnerKey } | undefined,
  ): Answered {
    const status = reason === 'unreadable' ? 400 : statusOf[reason];
    this.#context.metrics.heartbeat('received', reason);
    this.#tell(
      reason,
      client,
      genuine?.seal.from,
      reason === 'unreadable' ? otherVersion : refusalFaults[reason],
    );
    const body = Buffer.from(JSON.stringify({ error: reason }));
    return genuine ? this.#answer(status, body, genuine.seal, genuine.key) : { status, seal: '', body };
  }

  #tell(reason: Refusal | 'unreadable', client: string, from: string | undefined, fault: Fault): void {
    const heldBack = this.#logged.pass(reason);
    if (heldBack === undefined) return;
    const since = heldBack > 0 ? { alsoSinceLastTold: heldBack } : {};
    this.#context.log.warn('heartbeat.refused', { reason, client, from, ...fault, ...since });
  }

  #answer(status: number, body: Buffer, asked: Seal, key: PartnerKey): Answered {
    const { self, clock } = this.#context;
    const seal: Seal = {
      ...asked,
      key: key.id,
      from: self.name,
      fromRun: self.run,
      to: asked.from,
      toRun: asked.fromRun,
      time: clock.now(),
    };
    return { status, seal: formatSeal(seal, { line: answerLine(status), body }, key), body };
  }
}
