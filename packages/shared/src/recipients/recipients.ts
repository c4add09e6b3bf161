/**
 * Answers RCPT for the hosted domains: from the file, from what is known, or by asking the local server
 * (call-forward). A failure to find out is answered 4xx, never 5xx.
 */
import { readFileSync } from 'node:fs';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { DomainSettings } from '../system/settings/hosts.ts';
import { recipientKey } from '../values/address.ts';
import { isPositive, replies, type Reply } from '../values/reply.ts';
import { learnFrom, saysUnknown, standingOf, type KnowledgeRules } from './knowledge.ts';
import { parseRecipientFile, type RecipientList } from './recipient-file.ts';
import type { KnowledgeStore } from './store.ts';

export interface RecipientsParts {
  readonly store: KnowledgeStore;
  readonly clock: Clock;
  readonly log: Log;
  rules(): KnowledgeRules;
  /** Asks the domain's local servers; null when none could be asked. */
  ask(domain: DomainSettings, address: string): Promise<Reply | null>;
}

export interface Recipients {
  /** The reply to RCPT. At once when it is known. */
  verify(domain: DomainSettings, address: string): Reply | Promise<Reply>;
  /** Whether the recipient is proven valid, so that its message may be queued while no local server answers. */
  isKnownValid(domain: DomainSettings, address: string): boolean;
  /** A local server answered RCPT while mail was relayed to it. @returns whether it says the mailbox does not exist */
  heard(address: string, answer: Reply): boolean;
  /** Reads the recipient files again. @throws naming file and line */
  reload(domains: readonly DomainSettings[]): void;
}

/** @throws when a recipient file cannot be read or has a bad line */
export function createRecipients(parts: RecipientsParts, domains: readonly DomainSettings[]): Recipients {
  const { store, clock, log } = parts;
  let files = readFiles(domains);
  const asking = new Map<string, Promise<Reply>>();

  const remember = (key: string, valid: boolean): void => store.put(key, { valid, learnedAt: clock.now() });

  const ask = (domain: DomainSettings, address: string): Promise<Reply> => {
    const key = recipientKey(address);
    const running = asking.get(key);
    if (running) return running;
    const question = parts
      .ask(domain, address)
      .then((answer) => {
        const lesson = learnFrom(answer);
        if (lesson.valid !== undefined) remember(key, lesson.valid);
        else if (answer && answer.code >= 500)
          log.error('callforward.refused', { recipient: address, reply: answer });
        return lesson.reply;
      })
      .finally(() => asking.delete(key));
    asking.set(key, question);
    return question;
  };

  return {
    verify(domain, address) {
      if (domain.verify.by === 'file')
        return files.get(domain.verify.path)?.has(address) ? replies.rcptOk : replies.unknownRecipient;
      const standing = standingOf(store.get(recipientKey(address)), clock.now(), parts.rules());
      if (standing === 'invalid') return replies.unknownRecipient;
      if (domain.verify.by === 'none' || standing === 'valid') return replies.rcptOk;
      if (standing === 'unknown') return ask(domain, address);
      ask(domain, address).catch((error: unknown) =>
        log.error('callforward.fault', { recipient: address, err: error }),
      );
      return replies.rcptOk;
    },
    isKnownValid(domain, address) {
      if (domain.verify.by === 'file') return files.get(domain.verify.path)?.has(address) ?? false;
      return standingOf(store.get(recipientKey(address)), clock.now(), parts.rules()).startsWith('valid');
    },
    heard(address, answer) {
      const key = recipientKey(address);
      const known = store.get(key);
      if (isPositive(answer)) {
        if (!known?.valid || clock.now() - known.learnedAt > REMEMBER_AGAIN_MS) remember(key, true);
      } else if (saysUnknown(answer)) {
        remember(key, false);
        return true;
      }
      return false;
    },
    reload(next) {
      files = readFiles(next);
    },
  };
}

/** A mailbox that gets mail all the time is not written down each time. */
const REMEMBER_AGAIN_MS = 3_600_000;

function readFiles(domains: readonly DomainSettings[]): Map<string, RecipientList> {
  const files = new Map<string, RecipientList>();
  for (const { verify } of domains)
    if (verify.by === 'file' && !files.has(verify.path))
      files.set(verify.path, parseRecipientFile(readFileSync(verify.path, 'utf8'), verify.path));
  return files;
}
