/**
 * Call-forwards: what the local servers of a domain answer to RCPT from the null reverse-path, and what it proves.
 *
 * A refusal of the null reverse-path itself, at MAIL, proves nothing; `ask` gives null for it. A refusal at RCPT without a code that
 * concerns the mailbox may concern the null reverse-path, or this host. It counts only if the local servers take another recipient
 * of the domain at that time: the one they took last, or postmaster, whom every server takes (RFC 5321 §4.5.1). Otherwise
 * every mailbox of a server that refuses all would be unknown. A refusal that does not concern the mailbox is no lesson, but others
 * are asked about too, unless the server is known to refuse this gateway: their answers show whether it does
 * (smtp/route/refusal-watch.ts).
 */
import type { DomainSettings } from '../../config/sections/domains.ts';
import { recipientKey } from '../../platform/values/address.ts';
import { isPositive, mayConcernClient, type Reply } from '../../platform/values/reply.ts';
import { lessonOf, type Lesson } from './knowledge.ts';

/** Asks a domain's local servers, from the null reverse-path; null when none could be asked. */
export type Ask = (domain: DomainSettings, address: string) => Promise<Reply | null>;

export interface Answer {
  readonly lesson: Lesson;
  readonly reply: Reply | null;
}

export class CallForwards {
  readonly #ask: Ask;
  readonly #isRefused: (domain: DomainSettings) => boolean;
  /** A mailbox is asked about once at a time. */
  readonly #asking = new Map<string, Promise<Answer>>();
  /** By domain, the recipient that was taken last. */
  readonly #taken = new Map<string, string>();

  /** @param isRefused whether a local server of the domain is known to refuse this gateway */
  constructor(ask: Ask, isRefused: (domain: DomainSettings) => boolean) {
    this.#ask = ask;
    this.#isRefused = isRefused;
  }

  /** The lesson `plain-refusal` is given only if the local servers take another recipient. */
  about(domain: DomainSettings, address: string): Promise<Answer> {
    const key = recipientKey(address);
    const running = this.#asking.get(key);
    if (running) return running;
    const answer = this.#about(domain, address).finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  async #about(domain: DomainSettings, address: string): Promise<Answer> {
    const reply = await this.#ask(domain, address);
    const lesson = lessonOf(reply);
    if (reply && isPositive(reply)) this.#taken.set(domain.name, address);
    const isDoubtful = lesson === 'nothing' && reply !== null && mayConcernClient(reply);
    if (lesson !== 'plain-refusal' && !(isDoubtful && !this.#isRefused(domain))) return { lesson, reply };
    if (!(await this.#takesOthers(domain, address))) return { lesson: 'nothing', reply };
    return { lesson, reply };
  }

  async #takesOthers(domain: DomainSettings, address: string): Promise<boolean> {
    const others = new Set([this.#taken.get(domain.name), `postmaster@${domain.name}`]);
    for (const other of others) {
      if (other === undefined || recipientKey(other) === recipientKey(address)) continue;
      const reply = await this.#ask(domain, other);
      if (reply && isPositive(reply)) return true;
    }
    return false;
  }
}
