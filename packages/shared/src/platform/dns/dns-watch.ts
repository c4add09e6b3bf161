/**
 * Whether DNS answers at all, as opposed to one name that its servers cannot find.
 *
 * A question that no server answered may be about a domain whose own servers are down. So when nothing was answered since it was
 * asked, each server is asked for the name servers of the root, which a recursive server knows, and for what was answered last. As long as
 * none answers either, DNS is `silent`, and they are asked again every five seconds. Any answer ends it.
 */
import type { Clock } from '../time/clock.ts';
import { DnsSilence } from './dns-exchange.ts';
import type { DnsQuestion } from './dns-exchange.ts';
import { dnsServerAt, queryDns } from './dns-query.ts';

export interface ServerFault {
  readonly server: string;
  /** By the names of node:dns: `ETIMEOUT`, `ESERVFAIL`, `EREFUSED`, `ECONNREFUSED` … */
  readonly reason: string;
}

export interface DnsState {
  readonly standing: 'untried' | 'answers' | 'silent';
  /** When a question was answered last, and when none could be, ms since the epoch; absent before the first. */
  readonly answeredAt?: number;
  readonly failedAt?: number;
  /** When the question was asked that was not answered first, ms since the epoch; only while it is silent. */
  readonly silentSince?: number;
  /** What each server did instead; only while it is silent. */
  readonly faults: readonly ServerFault[];
}

export interface DnsWatchParts {
  /** The servers that are asked, `address` or `address:port`. */
  servers(): readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  /** Told when it falls silent, and with the state before when it answers again. */
  onSilent(state: DnsState): void;
  onAnswer(before: DnsState): void;
  /** How long after a check without an answer the next one begins. */
  readonly againMs?: number;
}

const ROOT: DnsQuestion = { name: '.', type: 'NS' };
const CHECK_MS = 2_000;
const AGAIN_MS = 5_000;

export class DnsWatch {
  readonly #parts: DnsWatchParts;
  #state: DnsState = { standing: 'untried', faults: [] };
  #answeredLast: DnsQuestion = ROOT;
  #answeredAt: number | undefined;
  #isChecking = false;
  #isClosed = false;
  #again: NodeJS.Timeout | undefined;

  constructor(parts: DnsWatchParts) {
    this.#parts = parts;
  }

  state(): DnsState {
    const answeredAt = this.#answeredAt;
    if (answeredAt === undefined) return this.#state;
    const standing = this.#state.standing === 'silent' ? 'silent' : 'answers';
    return { ...this.#state, standing, answeredAt };
  }

  /** A server answered, be it that there is no such record. */
  answered(question: DnsQuestion): void {
    this.#answeredLast = question;
    this.#answeredAt = this.#parts.clock.now();
    if (this.#state.standing !== 'silent') return;
    const before = this.#state;
    this.#state = { standing: 'answers', failedAt: before.failedAt!, faults: [] };
    this.#parts.onAnswer(before);
  }

  /** No server answered a question that was asked at `askedAt`. */
  failed(askedAt: number, faults: readonly ServerFault[]): void {
    if (this.#isClosed || this.#isChecking || this.#isAnsweredSince(askedAt)) return;
    void this.#check(askedAt, faults);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
  }

  #isAnsweredSince(askedAt: number): boolean {
    return this.#answeredAt !== undefined && this.#answeredAt > askedAt;
  }

  async #check(askedAt: number, faults: readonly ServerFault[]): Promise<void> {
    this.#isChecking = true;
    const answers = await Promise.all(this.#parts.servers().map((server) => this.#answers(server)));
    this.#isChecking = false;
    if (this.#isClosed || answers.includes(true) || this.#isAnsweredSince(askedAt)) return;
    const before = this.#state;
    const failedAt = this.#parts.clock.now();
    this.#state = { standing: 'silent', failedAt, silentSince: before.silentSince ?? askedAt, faults };
    if (before.standing !== 'silent') this.#parts.onSilent(this.state());
    const { againMs = AGAIN_MS } = this.#parts;
    this.#again = setTimeout(() => void this.#check(failedAt, faults), againMs).unref();
  }

  async #answers(server: string): Promise<boolean> {
    const at = dnsServerAt(server);
    if (!at) return false;
    const questions = [...new Set([ROOT, this.#answeredLast])];
    const answers = await Promise.all(questions.map((question) => isAnswered(at, question)));
    const question = questions[answers.indexOf(true)];
    if (question) this.answered(question);
    return question !== undefined;
  }
}

async function isAnswered(server: Parameters<typeof queryDns>[0], question: DnsQuestion): Promise<boolean> {
  try {
    const { rcode } = await queryDns(server, question, { timeoutMs: CHECK_MS, recursion: true });
    return rcode === 'NOERROR' || rcode === 'NXDOMAIN';
  } catch (error) {
    if (!(error instanceof DnsSilence)) throw error;
    return false;
  }
}
