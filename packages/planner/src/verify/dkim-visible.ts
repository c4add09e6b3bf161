/**
 * Whether a DKIM key is visible to all receivers: every responding server has it, and no server has another
 * key at the same name.
 */
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import { dkimName, judgeDkimTexts } from '@mailpair/shared/dns-records/dkim-record';
import type { DkimKey } from '@mailpair/shared/dns-records/dkim-record';
import type { Answer } from './world.ts';

export type Visibility =
  | { readonly kind: 'visible' }
  /** At least one server has no record. */
  | { readonly kind: 'missing'; readonly why: string }
  /** The name has another key, or a second one. */
  | { readonly kind: 'other'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

type Ask = (question: DnsQuestion) => Promise<readonly Answer[]>;

const LONGEST_CHAIN = 8;

export async function seeDkimKey(key: DkimKey, ask: Ask): Promise<Visibility> {
  const seen = (await ask({ name: dkimName(key), type: 'TXT' })).map((answer) => read(key, answer, ask));
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
    case 'lame':
      return { kind: 'unknown', why: `${server}: ${lookup.why}` };
    case 'none':
      return { kind: 'missing', why: `${server} has no such record` };
    case 'alias': {
      if (steps === LONGEST_CHAIN) return { kind: 'missing', why: `${server} has aliases without an end` };
      const [next] = await ask({ name: lookup.record.value, type: 'TXT' });
      return next ? read(key, next, ask, steps + 1) : { kind: 'unknown', why: `${server}: no answer` };
    }
    case 'records': {
      const texts = lookup.records.map(({ value }) => value as string);
      const shown = judgeDkimTexts(key.record, texts);
      return shown.kind === 'visible' ? shown : { kind: shown.kind, why: `${server} has ${shown.has}` };
    }
  }
}
