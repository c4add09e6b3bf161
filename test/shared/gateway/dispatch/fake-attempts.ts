/** Attempts that end when and as a test says: by next hop, which is the recipient's domain here. */
import type { Attempts, Outlook } from '@mailpair/shared/gateway/dispatch/attempt';
import type { Outgoing } from '@mailpair/shared/smtp/client/outgoing';
import { domainOf } from '@mailpair/shared/platform/values/address';
import type { Outcome, OutcomeKind } from '@mailpair/shared/platform/values/outcome';
import { replies, type Reply } from '@mailpair/shared/platform/values/reply';
import { later, never, ok } from '../settle/attempts.ts';

export interface Made {
  readonly domain: string;
  readonly recipients: readonly string[];
  readonly outgoing: Outgoing;
  /** Ends the attempt as soon as it may begin, or without having begun. */
  goOn(): Promise<void>;
  /** Ends the attempt: all recipients alike, or each with the kind given for its address. */
  end(kind: OutcomeKind | Readonly<Record<string, OutcomeKind>>): Promise<void>;
  /** Ends it as no attempt should. */
  fail(error: Error): Promise<void>;
}

const replyOf: Record<OutcomeKind, Reply> = { relayed: ok, deferred: later, bounced: never };

/** Lets everything happen that needs no timer. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class FakeAttempts implements Attempts {
  /** Every attempt so far. */
  readonly made: Made[] = [];
  /** How attempts end by themselves; undefined waits for the test to end them. */
  answer: ((domain: string) => OutcomeKind) | undefined;
  readonly #underWay = new Map<string, number>();
  /** Most attempts for the same recipients of one entry that were under way together. */
  mostUnderWay = 0;

  /** What `outlook` says, by domain. */
  readonly outlooks = new Map<string, Partial<Outlook>>();

  outlook = (domain: string): Outlook => ({
    destination: domain,
    restsUntil: 0,
    isDoubtful: false,
    hosts: 1,
    ...this.outlooks.get(domain),
  });

  groups: Attempts['groups'] = (recipients) =>
    [...Map.groupBy(recipients, ({ address }) => domainOf(address))].map(([domain, members]) => ({
      route: { kind: 'mx', domain, tls: 'none' },
      recipients: members,
    }));

  attempt: Attempts['attempt'] = (route, outgoing, { mayBegin } = {}) => {
    const domain = route.kind === 'mx' ? route.domain : 'local';
    const recipients = outgoing.recipients.map(({ address }) => address);
    const outcomes = (kinds: Parameters<Made['end']>[0]): Outcome[] =>
      recipients.map((recipient) => {
        const kind = typeof kinds === 'string' ? kinds : (kinds[recipient] ?? 'deferred');
        return { recipient, kind, reply: replyOf[kind], host: `mx.${domain}` };
      });
    const key = `${(outgoing as { id?: string }).id ?? ''} ${recipients.join()}`;
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay.get(key) ?? 0);
    const { promise, resolve, reject } = Promise.withResolvers<Outcome[]>();
    this.made.push({
      domain,
      recipients,
      outgoing,
      goOn() {
        const begins = mayBegin?.() !== false;
        const untold = recipients.map((recipient) => ({
          recipient,
          kind: 'deferred' as const,
          reply: replies.notBegun,
        }));
        resolve(begins ? outcomes('relayed') : untold);
        return quiet();
      },
      end: (kind) => (resolve(outcomes(kind)), quiet()),
      fail: (error) => (reject(error), quiet()),
    });
    if (this.answer) resolve(outcomes(this.answer(domain)));
    return promise.finally(() => this.#underWay.set(key, (this.#underWay.get(key) ?? 1) - 1));
  };

  probe: Attempts['probe'] = async () => null;
}
