/**
 * One partner: sends it heartbeats, one at a time, and with them what is new by topic. What comes of it goes into its
 * record. Nothing here throws and nobody waits for it.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import { differencesOf } from './configuration-digest.ts';
import { formatBeat, parseBeat, type Beat } from './partner-beat.ts';
import type { Answer, PartnerClient } from './partner-client.ts';
import {
  faultOfAnswer,
  noAnswer,
  noUrl,
  otherVersion,
  skewFault,
  unsealed,
  type Fault,
} from './partner-faults.ts';
import type { Self } from './partner-gate.ts';
import type { PartnerKey, PartnerKeys } from './partner-keys.ts';
import { Outbox, type Item } from './partner-outbox.ts';
import type { PulseRules } from './partner-pulse.ts';
import { PartnerRecord, type Node } from './partner-record.ts';
import { MAX_SKEW_MS } from './partner-replay.ts';
import { formatSeal, isGenuine, parseSeal, UNKNOWN_RUN, type Seal } from './partner-signature.ts';
import type { PartnerView } from './partner-view.ts';
import type { Told, Topics } from '../../platform/topics.ts';

export const HEARTBEAT_PATH = '/pair/heartbeat';
export const QUESTION_LINE = `POST ${HEARTBEAT_PATH}`;
export const answerLine = (status: number): string => `answer ${status}`;

export interface PartnerMetrics {
  heartbeat(direction: 'sent' | 'received', result: string): void;
  knowledge(direction: 'sent' | 'received', topic: string, items: number): void;
}

/** What all partners share. */
export interface PartnerContext {
  readonly self: Self;
  keys(): PartnerKeys;
  rules(): PulseRules;
  /** What this gateway says of itself, with its configuration hidden by the key. */
  compose(key: PartnerKey): Omit<Beat, 'told'>;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly steady: Clock;
  readonly log: Log;
  readonly metrics: PartnerMetrics;
}

/** Pause before the next beat when there is more to tell than one beat holds. */
const MORE_AFTER_MS = 100;

type Result = 'answered' | 'introduced' | 'refused' | 'failed';

export class Partner {
  readonly node: Node;
  readonly #context: PartnerContext;
  #client: PartnerClient | null = null;
  readonly #record: PartnerRecord;
  readonly #outbox = new Outbox();
  #run = UNKNOWN_RUN;
  #number = 0;
  #sending: Promise<void> | null = null;
  /** From then on its clock is known to half a round trip. */
  #isAnswered = false;
  #closed = false;

  constructor(node: Node, context: PartnerContext) {
    this.node = node;
    this.#context = context;
    this.#record = new PartnerRecord(node, context);
  }

  /** @param client null when it has no address to send to; it may still send to us */
  reachBy(client: PartnerClient | null): void {
    this.#client?.close();
    this.#client = client;
    if (!client) this.#record.failed(noUrl);
  }

  get name(): string {
    return `${this.node.role}/${this.node.node}`;
  }

  view(): PartnerView {
    return this.#record.view();
  }

  /** A beat of its own came in and was admitted. */
  heard(seal: Seal, beat: Beat, key: PartnerKey): void {
    const { topics, metrics, clock } = this.#context;
    if (!this.#isAnswered) this.#record.skewed(seal.time - clock.now());
    this.#note(beat, key);
    for (const [topic, news] of topics.take(beat.told)) metrics.knowledge('received', topic, news);
  }

  /** There is something new under this key of the topic. */
  tell(topic: string, key: string): void {
    this.#outbox.add(topic, key);
  }

  /** Whether it is still there. `absentMs`: so long this process did not run. */
  look(absentMs: number): void {
    this.#record.look(this.#context.rules(), absentMs);
  }

  /** Sends a beat unless one is under way. Resolves when that has an answer or none. */
  send(): Promise<void> {
    if (this.#closed || !this.#client) return Promise.resolve();
    return (this.#sending ??= this.#beat(this.#client).finally(() => {
      this.#sending = null;
    }));
  }

  /** Sends what is true now, after what is under way. */
  async announce(): Promise<void> {
    await this.#sending;
    await this.send();
  }

  close(): void {
    this.#closed = true;
    this.#client?.close();
  }

  async #beat(client: PartnerClient): Promise<void> {
    let result = await this.#exchange(client);
    if (result === 'introduced') result = await this.#exchange(client);
    if (result === 'answered' && this.#outbox.size > 0)
      setTimeout(() => void this.send(), MORE_AFTER_MS).unref();
  }

  async #exchange(client: PartnerClient): Promise<Result> {
    const { keys, topics, metrics } = this.#context;
    const [key] = keys();
    if (!key) return 'failed';
    const items = this.#run === UNKNOWN_RUN ? [] : this.#outbox.take((...of) => topics.look(...of));
    const told = byTopic(items);
    const result = await this.#ask(client, key, told);
    if (result !== 'answered') this.#outbox.putBack(items);
    else for (const [topic, { length }] of Object.entries(told)) metrics.knowledge('sent', topic, length);
    metrics.heartbeat('sent', result);
    return result;
  }

  async #ask(client: PartnerClient, key: PartnerKey, told: Told): Promise<Result> {
    const { self, clock, steady, compose, rules } = this.#context;
    const body = formatBeat({ ...compose(key), told });
    const seal: Seal = {
      key: key.id,
      from: self.name,
      fromRun: self.run,
      to: this.name,
      toRun: this.#run,
      number: (this.#number += 1),
      time: clock.now(),
      nonce: randomBytes(18).toString('base64url'),
    };
    const sealText = formatSeal(seal, { line: QUESTION_LINE, body }, key);
    const sentAt = steady.now();
    try {
      const answer = await client.post(HEARTBEAT_PATH, sealText, body, rules().deadAfterMs / 2);
      return this.#judge(answer, seal, client.url, steady.now() - sentAt);
    } catch (error) {
      return this.#failed(noAnswer(client.url, error as NodeJS.ErrnoException), 'failed');
    }
  }

  #judge(answer: Answer, asked: Seal, url: string, tookMs: number): Result {
    const sealed = { line: answerLine(answer.status), body: answer.body };
    const read = parseSeal(answer.seal);
    const key = this.#context.keys().find(({ id }) => id === read?.seal.key);
    if (!read || !key || !isGenuine(read, sealed, key) || !isAnswerTo(read.seal, asked))
      return this.#failed(
        answer.status === 200 ? unsealed(url) : faultOfAnswer(answer.status, errorIn(answer.body), url),
      );
    const skewMs = read.seal.time - (asked.time + tookMs / 2);
    this.#record.skewed(skewMs);
    this.#isAnswered = true;
    if (answer.status === 409) return this.#introduce(read.seal.fromRun);
    if (answer.status !== 200) {
      const isSkewed = Math.abs(skewMs) > MAX_SKEW_MS;
      return this.#failed(
        isSkewed ? skewFault(skewMs) : faultOfAnswer(answer.status, errorIn(answer.body), url),
      );
    }
    const beat = parseBeat(answer.body);
    if (!beat) return this.#failed(otherVersion);
    this.#record.answered();
    this.#note(beat, key);
    return 'answered';
  }

  /** It runs anew, or we do: whatever it has been told before, it is told all again. */
  #introduce(run: string): Result {
    this.#run = run;
    for (const { name, all } of this.#context.topics.list())
      for (const key of all()) this.#outbox.add(name, key);
    return 'introduced';
  }

  #note(beat: Beat, key: PartnerKey): void {
    this.#record.heard(beat, differencesOf(this.#context.compose(key).digest, beat.digest));
  }

  #failed(fault: Fault, result: 'refused' | 'failed' = 'refused'): Result {
    this.#record.failed(fault);
    return result;
  }
}

function byTopic(items: readonly Item[]): Told {
  const told: Record<string, string[]> = {};
  for (const { topic, text } of items) (told[topic] ??= []).push(text);
  return told;
}

const isAnswerTo = (answer: Seal, asked: Seal): boolean =>
  answer.from === asked.to &&
  answer.to === asked.from &&
  answer.toRun === asked.fromRun &&
  answer.number === asked.number &&
  answer.nonce === asked.nonce;

/** An answer that is not under seal may lie; all it gets is our own words. */
function errorIn(body: Buffer): string {
  try {
    return String((JSON.parse(body.toString()) as { error?: unknown }).error);
  } catch {
    return '';
  }
}
