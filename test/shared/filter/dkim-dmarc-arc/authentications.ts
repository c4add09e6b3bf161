/** Facts of SPF, DKIM, ARC and DMARC for checks; nothing is proven unless a test says so. */
import type { Vouchers } from '@mailpair/shared/filter/dkim-dmarc-arc/vouching';
import type { AuthenticationFacts } from '@mailpair/shared/filter/dkim-dmarc-arc/facts';
import type { SpfFacts } from '@mailpair/shared/filter/spf/facts';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import { factsWith } from '../../../support/inquiries.ts';

export interface Authenticated {
  readonly spf?: Partial<SpfFacts>;
  readonly dmarc?: Partial<AuthenticationFacts['dmarc']>;
  readonly arc?: Partial<AuthenticationFacts['arc']>;
  readonly dkim?: readonly Partial<AuthenticationFacts['dkim'][number]>[];
  readonly from?: AuthenticationFacts['from'];
  readonly authorDomains?: readonly string[];
  readonly list?: string;
  readonly reversePath?: string;
}

export function authenticated(told: Authenticated = {}): Facts {
  const {
    spf,
    dmarc,
    arc,
    dkim = [],
    from = [{ name: '', address: 'a@sender.test' }],
    list,
    authorDomains,
  } = told;
  const authentication = {
    dkim: dkim.map((each) => ({ result: 'pass', domain: 'sender.test', selector: 's', b: '', ...each })),
    dmarc: { result: 'none', domain: 'sender.test', aligned: [], ...dmarc },
    arc: { result: 'none', sealers: [], saw: [], ...arc },
    from,
    ...(authorDomains && { authorDomains }),
    ...(list !== undefined && { list }),
  };
  return {
    ...factsWith({
      spf: { result: 'none', domain: 'sender.test', identity: 'mailfrom', ...spf },
      authentication,
    }),
    reversePath: told.reversePath ?? 'a@sender.test',
  };
}

export const nobody: Vouchers = { isForwarder: () => false, forwarderDomains: [], sealers: [] };
