/** What the hosts of one attempt have told about each recipient so far, and who is still to be asked for. */
import type { Outcome } from '../../platform/values/outcome.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { classify } from './classify.ts';
import type { RecipientResult } from './conclude.ts';
import type { Connection } from './connection.ts';
import { isProven, type HostFault } from './faults.ts';
import type { Outgoing } from './outgoing.ts';
import type { TransactionOptions } from './transaction.ts';

const NO_HOST: Reply = { code: 451, enhanced: '4.4.1', text: 'No next hop could be tried in time' };

export class Told {
  readonly #outgoing: Outgoing;
  readonly #outcomes: (Outcome | undefined)[];
  #open: readonly number[];

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
    this.#outcomes = outgoing.recipients.map(() => undefined);
    this.#open = outgoing.recipients.map((_, index) => index);
  }

  /** Recipients another host may be asked for. */
  get anyOpen(): boolean {
    return this.#open.length > 0;
  }

  /** The message for those recipients. */
  rest(): Outgoing {
    const { recipients } = this.#outgoing;
    if (this.#open.length === recipients.length) return this.#outgoing;
    return { ...this.#outgoing, recipients: this.#open.map((index) => recipients[index]!) };
  }

  /** Makes `proceed` see the replies of all recipients, whichever host gave them; not once some have the message. */
  consent(proceed: TransactionOptions['proceed']): Pick<TransactionOptions, 'proceed' | 'refusedElsewhere'> {
    if (!proceed || this.#outcomes.some((outcome) => outcome?.kind === 'relayed')) return {};
    const { recipients } = this.#outgoing;
    if (this.#open.length === recipients.length) return { proceed };
    return {
      proceed: (replies) => {
        const all = this.#outcomes.map((outcome) => outcome?.reply);
        this.#open.forEach((index, place) => (all[index] = replies[place]));
        return proceed(all as Reply[]);
      },
      refusedElsewhere: true,
    };
  }

  /**
   * No session with a host. What another one said before says more, and of hosts that cannot be reached the one that may be reached
   * later: nobody is bounced unless DNS has proven of each of them that mail cannot go there.
   */
  unreached(fault: HostFault): void {
    const kind = isProven(fault) ? 'bounced' : 'deferred';
    for (const index of this.#open) {
      const before = this.#outcomes[index];
      if (before?.host !== undefined || (before?.kind === 'deferred' && kind === 'bounced')) continue;
      const { address } = this.#outgoing.recipients[index]!;
      this.#outcomes[index] = { recipient: address, kind, reply: fault.reply };
    }
  }

  heard(connection: Connection, results: readonly RecipientResult[]): void {
    const open: number[] = [];
    this.#open.forEach((index, place) => {
      const { stage, reply, uncertain } = results[place]!;
      const kind = classify(stage, reply);
      this.#outcomes[index] = {
        recipient: this.#outgoing.recipients[index]!.address,
        kind,
        reply,
        stage,
        host: connection.hop.host,
        tls: connection.tls !== null,
        dsn: connection.extensions.dsn,
      };
      if (kind === 'deferred' && !uncertain) open.push(index);
    });
    this.#open = open;
  }

  outcomes(): Outcome[] {
    return this.#outcomes.map(
      (outcome, index) =>
        outcome ?? {
          recipient: this.#outgoing.recipients[index]!.address,
          kind: 'deferred',
          reply: NO_HOST,
        },
    );
  }
}
