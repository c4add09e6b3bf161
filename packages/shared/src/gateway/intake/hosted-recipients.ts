/** What local servers said of the mailboxes of hosted domains, and what is known of them for it. */
import type { DomainSettings } from '../../config/sections/domains.ts';
import type { Recipients } from '../../directory/recipients/recipients.ts';
import { domainOf, isPostmaster } from '../../platform/values/address.ts';
import type { Outcome } from '../../platform/values/outcome.ts';

export interface HostedRecipientsParts {
  readonly recipients: Recipients;
  /** The hosted domain of that name. */
  hosted(domain: string): DomainSettings | undefined;
}

export class HostedRecipients {
  readonly #parts: HostedRecipientsParts;

  constructor(parts: HostedRecipientsParts) {
    this.#parts = parts;
  }

  isKnownValid(recipient: string): boolean {
    const domain = this.#parts.hosted(domainOf(recipient));
    return (
      domain !== undefined &&
      (isPostmaster(recipient) || this.#parts.recipients.isKnownValid(domain, recipient))
    );
  }

  taken(recipient: string): void {
    this.#parts.recipients.taken(recipient);
  }

  /** Only the answer to RCPT speaks of the mailbox: a 550 after the message may be about what is in it. */
  learn(outcomes: readonly Outcome[]): void {
    for (const { kind, recipient } of outcomes) if (kind === 'relayed') this.taken(recipient);
    const refused = outcomes.filter(({ kind, stage }) => kind === 'bounced' && stage === 'rcpt');
    if (refused.length > 0) void this.areGone(refused);
  }

  /** Whether none of them exists any more. One after the other, no further than the first that does: a message causes few call-forwards. */
  async areGone(refused: readonly Pick<Outcome, 'recipient' | 'reply'>[]): Promise<boolean> {
    for (const { recipient, reply } of refused) {
      const domain = this.#parts.hosted(domainOf(recipient));
      if (!domain || !(await this.#parts.recipients.refused(domain, recipient, reply))) return false;
    }
    return refused.length > 0;
  }
}
