/**
 * Answers RCPT for the hosted domains: from the file, from what is known, or by asking the local server
 * (call-forward). A failure to find out is answered 4xx, never 5xx.
 *
 * Only a call-forward proves that a mailbox does not exist. A local server that refuses a recipient while mail is relayed may mean
 * the sender of that mail, so its refusal is the client's reply and a reason to ask, and nothing else: otherwise a stranger could close
 * a mailbox for all senders. Where `verify` is `none` the local server is not to be asked, so no mailbox is closed at all.
 */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { DomainSettings } from '../../config/sections/domains.ts';
import { isPostmaster, recipientKey } from '../../platform/values/address.ts';
import {
  formatReply,
  isPermanent,
  isPositive,
  mayConcernClient,
  replies,
  type Reply,
} from '../../platform/values/reply.ts';
import { toStranger } from '../../platform/values/reply-to-stranger.ts';
import { CallForwards, type Ask } from './call-forward.ts';
import { lessonOf, standingOf, type KnowledgeRules, type Standing } from './knowledge.ts';
import { parseRecipientFile, type RecipientList } from './recipient-file.ts';
import type { KnowledgeStore } from './store.ts';
import { Verifications } from './verifications.ts';

export interface RecipientsParts {
  readonly store: KnowledgeStore;
  readonly clock: Clock;
  readonly log: Log;
  rules(): KnowledgeRules;
  readonly ask: Ask;
  /** What keeps the local servers of a domain from taking mail; undefined when nothing does. */
  trouble(domain: DomainSettings): { readonly text: string; readonly isRefusal: boolean } | undefined;
}

export interface Recipients {
  /** The reply to RCPT. At once when it is known. */
  verify(domain: DomainSettings, address: string): Reply | Promise<Reply>;
  /** Whether the recipient is proven valid, so that its message may be queued while no local server answers. */
  isKnownValid(domain: DomainSettings, address: string): boolean;
  /** A local server took the recipient while mail was relayed to it. */
  taken(address: string): void;
  /**
   * A local server refused the recipient while mail was relayed to it. A call-forward verifies whether the mailbox still exists,
   * unless one did so a moment ago.
   * @returns whether it does not: RCPT is answered so from now on. Never rejects.
   */
  refused(domain: DomainSettings, address: string, answer: Reply): Promise<boolean>;
  /** Reads the recipient files again. @throws naming file and line */
  reload(domains: readonly DomainSettings[]): void;
}

/** @throws when a recipient file cannot be read or has a bad line */
export const createRecipients = (parts: RecipientsParts, domains: readonly DomainSettings[]): Recipients =>
  new KnownRecipients(parts, domains);

class KnownRecipients implements Recipients {
  readonly #parts: RecipientsParts;
  readonly #callForwards: CallForwards;
  readonly #verifications = new Verifications();
  #files: Map<string, RecipientList>;

  constructor(parts: RecipientsParts, domains: readonly DomainSettings[]) {
    this.#parts = parts;
    this.#callForwards = new CallForwards(parts.ask, (domain) => parts.trouble(domain)?.isRefusal ?? false);
    this.#files = readFiles(domains);
  }

  verify(domain: DomainSettings, address: string): Reply | Promise<Reply> {
    if (domain.verify.by === 'none') return replies.rcptOk;
    if (domain.verify.by === 'file')
      return this.#isInFile(domain.verify.path, address) ? replies.rcptOk : replies.unknownRecipient;
    switch (this.#standing(address)) {
      case 'invalid':
        return replies.unknownRecipient;
      case 'unknown':
        return this.#ask(domain, address);
      case 'valid-ask-again':
        void this.#verifyAgain(domain, address, false);
        return replies.rcptOk;
      case 'valid':
        return replies.rcptOk;
    }
  }

  isKnownValid({ verify }: DomainSettings, address: string): boolean {
    return verify.by === 'file' ? this.#isInFile(verify.path, address) : this.#isValid(address);
  }

  taken(address: string): void {
    const { store, clock } = this.#parts;
    const known = store.get(recipientKey(address));
    if (!known?.valid || clock.now() - known.learnedAt > REMEMBER_AGAIN_MS) this.#remember(address, true);
  }

  async refused(domain: DomainSettings, address: string, answer: Reply): Promise<boolean> {
    if (domain.verify.by !== 'callforward' || isPostmaster(address)) return false;
    const lesson = lessonOf(answer);
    // It may refuse this gateway and not the sender: a call-forward shows that, and the client does not wait for it.
    if (lesson === 'nothing' && mayConcernClient(answer)) void this.#verifyAgain(domain, address, false);
    if (lesson !== 'unknown' && lesson !== 'plain-refusal') return false;
    return this.#standing(address) === 'invalid' || this.#verifyAgain(domain, address, true);
  }

  reload(domains: readonly DomainSettings[]): void {
    this.#files = readFiles(domains);
  }

  #standing(address: string): Standing {
    const { store, clock, rules } = this.#parts;
    return standingOf(store.get(recipientKey(address)), clock.now(), rules());
  }

  #isValid(address: string): boolean {
    return this.#standing(address).startsWith('valid');
  }

  #isInFile(path: string, address: string): boolean {
    return this.#files.get(path)?.has(address) ?? false;
  }

  #remember(address: string, valid: boolean): void {
    const { store, clock } = this.#parts;
    store.put(recipientKey(address), { valid, learnedAt: clock.now() });
  }

  /** @param isRefused the local server refuses it to a sender too */
  async #ask(domain: DomainSettings, address: string, isRefused = false): Promise<Reply> {
    const { log } = this.#parts;
    const { lesson, reply } = await this.#callForwards.about(domain, address);
    // A mailbox may refuse the null reverse-path alone, because nothing is sent from it.
    if (lesson === 'unknown' || (lesson === 'plain-refusal' && (isRefused || !this.#isValid(address)))) {
      this.#remember(address, false);
      return replies.unknownRecipient;
    }
    if (lesson === 'valid') {
      this.#remember(address, true);
      if (!reply || isPositive(reply)) return replies.rcptOk;
      log.info('callforward.declined', { recipient: address, reply });
      return toStranger(reply);
    }
    if (reply && isPermanent(reply)) log.warn('callforward.refused', { recipient: address, reply });
    return this.#unverified(domain, reply);
  }

  #unverified(domain: DomainSettings, reply: Reply | null): Reply {
    const said = reply && `the local server answered ${formatReply(reply)}`;
    const cause = (said ?? this.#parts.trouble(domain)?.text)?.slice(0, LONGEST_CAUSE);
    return cause === undefined ? replies.unverifiedRecipient : { ...replies.unverifiedRecipient, cause };
  }

  /** @returns whether the mailbox is found not to exist */
  #verifyAgain(domain: DomainSettings, address: string, isRefused: boolean): Promise<boolean> {
    const { clock, log } = this.#parts;
    return this.#verifications.about(recipientKey(address), clock.now(), async () => {
      try {
        return (await this.#ask(domain, address, isRefused)) === replies.unknownRecipient;
      } catch (error) {
        log.error('callforward.fault', { recipient: address, err: error });
        return false;
      }
    });
  }
}

const LONGEST_CAUSE = 500;
/** A mailbox that gets mail all the time is not written down each time. */
const REMEMBER_AGAIN_MS = 3_600_000;

function readFiles(domains: readonly DomainSettings[]): Map<string, RecipientList> {
  const files = new Map<string, RecipientList>();
  for (const { verify } of domains)
    if (verify.by === 'file' && !files.has(verify.path))
      files.set(verify.path, parseRecipientFile(readFileSync(verify.path, 'utf8'), verify.path));
  return files;
}
