/**
 * sign → pair: whether DNS still shows the keys that sign, asked when they change and every `dkim.watch`. A record that
 * went makes every signature fail, and nobody here would see it.
 *
 * It only tells: our resolver may have an inner view of the zone, so nothing ceases to sign by what it says. What DNS does
 * not answer is not known, and no alarm.
 */
import { createPublicKey } from 'node:crypto';
import {
  composeDkimRecord,
  dkimName,
  judgeDkimTexts,
  type DkimShown,
} from '../../dns-records/dkim-record.ts';
import type { DomainKeys } from './key-ring.ts';
import type { SigningKey } from './signing-key.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { DnsError, type Resolver } from '../../platform/dns/resolver.ts';

export interface KeyWatchParts {
  /** Ms; 0 does not look. */
  everyMs(): number;
  domains(): readonly DomainKeys[];
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'watchKeys'>;
}

export interface KeyWatch {
  /** Looks now, and again later; the settings or the keys have changed. */
  look(): void;
  close(): void;
}

/** What DNS did not answer is unknown. */
type Looked = DkimShown | { readonly kind: 'unknown' };

interface Seen {
  readonly key: SigningKey;
  readonly kind: Looked['kind'];
}

export function openKeyWatch({ everyMs, domains, resolver, log, metrics }: KeyWatchParts): KeyWatch {
  let seen = new Map<string, Seen>();
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  metrics.watchKeys(() =>
    [...seen.values()]
      .filter(({ kind }) => kind !== 'unknown')
      .map(({ key: { domain, selector }, kind }) => ({ domain, selector, isShown: kind === 'visible' })),
  );

  /** One after the other, so that many domains are no flood of questions. */
  async function lookAtAll(ours: number): Promise<void> {
    const now = new Map<string, Seen>();
    for (const key of domains().flatMap(({ keys }) => keys)) {
      const found = await lookAt(key, resolver);
      if (round !== ours) return;
      const name = dkimName(key);
      const before = seen.get(name);
      const kind = found.kind === 'unknown' && before ? before.kind : found.kind;
      now.set(name, { key, kind });
      if (kind === before?.kind) continue;
      if (found.kind === 'missing' || found.kind === 'other')
        log.error('dkim.not-in-dns', {
          domain: key.domain,
          selector: key.selector,
          record: name,
          reason: `dns.servers has ${found.has}`,
        });
      else if (before && before.kind !== 'unknown' && kind === 'visible')
        log.info('dkim.in-dns', { domain: key.domain, selector: key.selector, record: name });
    }
    seen = now;
  }

  function look(): void {
    clearTimeout(timer);
    round += 1;
    const after = everyMs();
    if (after === 0) {
      seen = new Map();
      return;
    }
    timer = setTimeout(look, after).unref();
    void lookAtAll(round).catch((error: unknown) => log.error('dkim.watch-fault', { err: error }));
  }

  return {
    look,
    close() {
      clearTimeout(timer);
      round += 1;
    },
  };
}

async function lookAt(key: SigningKey, resolver: KeyWatchParts['resolver']): Promise<Looked> {
  const record = composeDkimRecord(createPublicKey(key.key));
  try {
    return judgeDkimTexts(record, await resolver.resolveTxt(dkimName(key)));
  } catch (error) {
    const isKnown = error instanceof DnsError && error.kind !== 'temporary';
    return isKnown ? judgeDkimTexts(record, []) : { kind: 'unknown' };
  }
}
