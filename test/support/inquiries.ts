/** What learners are asked, with clients of any address; and facts for checks. */
import { Layer } from '@mailpair/shared/filter/pipeline/gather';
import type { Learner } from '@mailpair/shared/filter/contract/learner';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Facts, Learnable, Learnt } from '@mailpair/shared/filter/pipeline/facts';
import type { Session } from '@mailpair/shared/platform/values/session';

export interface Asking {
  readonly address?: string;
  readonly helo?: string;
  readonly from?: string;
  readonly trusted?: boolean;
  readonly budgetMs?: number;
  /** At the end of DATA. */
  readonly body?: Body;
}

/** What learners of any stage learn, as one layer. */
export async function learn(learners: readonly Learner<Learnable>[], asking: Asking = {}): Promise<Learnt> {
  const { address = '192.0.2.7', helo = 'mail.sender.test', from = 'a@sender.test' } = asking;
  const session: Session = {
    id: 's1',
    role: 'mx',
    listener: '192.0.2.10:25',
    client: { address, port: 4711 },
    helo,
    esmtp: true,
    trusted: asking.trusted ?? false,
  };
  const envelope = { reversePath: from, eightBit: false, smtpUtf8: false, requireTls: false };
  const at = Date.now();
  const message = asking.body && { message: { id: 'm1', body: asking.body, head: '' } };
  const asked = { at, session, envelope, recipients: [], ...message };
  return new Layer(learners, asked, asking.budgetMs ?? 5_000).learnt();
}

/** Facts of a client in which that is known. */
export function factsWith(known: { readonly [N in keyof Learnt]?: unknown }, address = '192.0.2.7'): Facts {
  const learnt = Object.fromEntries(
    Object.entries(known).map(([name, value]) => [name, { kind: 'known', value, tookMs: 0 }]),
  ) as Learnt;
  return {
    role: 'mx',
    at: 0,
    client: { address, helo: 'mail.sender.test', tls: false, trusted: false },
    reversePath: 'a@sender.test',
    recipients: ['anna@example.com'],
    learnt,
  };
}
