/** Whether DNS shows a DKIM key to everybody: at every server that answers for it, and no other key beside it. */
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-query';
import type { DkimKey } from '@mailpair/shared/dns-records/dkim-record';
import { tagsOf } from './texts.ts';
import type { Answer } from './world.ts';

export type Visibility =
  | { readonly kind: 'visible' }
  /** No record, or none yet, at one of the servers at least. */
  | { readonly kind: 'missing'; readonly why: string }
  /** Another key stands there, or a second one. */
  | { readonly kind: 'other'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

type Ask = (question: DnsQuestion) => Promise<readonly Answer[]>;

const LONGEST_CHAIN = 8;

export const recordName = ({ selector, domain }: Pick<DkimKey, 'selector' | 'domain'>): string =>
  `${selector}._domainkey.${domain}`;

export async function seeDkimKey(key: DkimKey, ask: Ask): Promise<Visibility> {
  const seen = (await ask({ name: recordName(key), type: 'TXT' })).map((answer) => read(key, answer, ask));
  const all = await Promise.all(seen);
  const worst = (['other', 'missing', 'visible'] as const).map((kind) =>
    all.find((one) => one.kind === kind),
  );
  return worst.find((one) => one) ?? all[0] ?? { kind: 'unknown', why: 'no server was asked' };
}

async function read(key: DkimKey, answer: Answer, ask: Ask, steps = 0): Promise<Visibility> {
  const { server, lookup } = answer;
  switch (lookup.kind) {
    case 'unknown':
      return { kind: 'unknown', why: `${server}: ${lookup.why}` };
    case 'lame':
      return { kind: 'unknown', why: `${server}: ${lookup.why}` };
    case 'none':
      return { kind: 'missing', why: `${server} has no such record` };
    case 'alias': {
      if (steps === LONGEST_CHAIN) return { kind: 'missing', why: `${server} has aliases without an end` };
      const [next] = await ask({ name: lookup.record.value, type: 'TXT' });
      return next ? read(key, next, ask, steps + 1) : { kind: 'unknown', why: `${server}: no answer` };
    }
    case 'records':
      return compare(
        key,
        server,
        lookup.records.map(({ value }) => value as string),
      );
  }
}

function compare({ record }: DkimKey, server: string, texts: readonly string[]): Visibility {
  const live = texts.map(tagsOf).filter((tags) => tags.has('p'));
  if (live.length === 0) return { kind: 'missing', why: `${server} has no such record` };
  if (live.length > 1) return { kind: 'other', why: `${server} has ${live.length} records for it` };
  const planned = tagsOf(record);
  const isSame = ['k', 'p'].every((tag) => live[0]!.get(tag) === planned.get(tag));
  if (isSame) return { kind: 'visible' };
  const why = live[0]!.get('p') === '' ? 'a revoked key' : 'another key';
  return { kind: 'other', why: `${server} has ${why}` };
}
