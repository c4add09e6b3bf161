/**
 * sign: the keys that sign, read at the start, on reload, and when their directory changes. What is wrong with them is told in
 * the log; whether DNS shows them is watched (key-watch.ts).
 */
import { fingerprintOf, readKeyRing, type DomainKeys, type KeyRing } from './key-ring.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { Settings } from '../../config/settings.ts';
import { openKeyWatch } from './key-watch.ts';

export interface SigningKeysParts {
  settings(): Pick<Settings, 'domains' | 'dkim'>;
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'watchSigning' | 'watchKeys'>;
}

export interface SigningKeys {
  ring(): KeyRing;
  domains(): readonly DomainKeys[];
  reload(): void;
  close(): void;
}

const LOOK_MS = 10_000;

export function openSigningKeys({ settings, resolver, log, metrics }: SigningKeysParts): SigningKeys {
  let ring: KeyRing = new Map();
  let seen = '';
  const domains = (): readonly DomainKeys[] => [...ring.values()];
  metrics.watchSigning(domains);
  const watch = openKeyWatch({ everyMs: () => settings().dkim.watchMs, domains, resolver, log, metrics });
  const names = (): string[] => settings().domains.map(({ name }) => name);

  function read(): void {
    const before = ring;
    seen = fingerprintOf(settings().dkim.keys, names());
    ring = readKeyRing(settings().dkim.keys, names(), before);
    let isChanged = before.size !== ring.size;
    for (const [name, keys] of ring) {
      const told = before.get(name);
      if (told && summaryOf(told) === summaryOf(keys)) continue;
      isChanged = true;
      const selectors = keys.keys.map(({ selector }) => selector);
      if (keys.faults.length > 0)
        log.error('dkim.fault', { domain: name, standing: keys.standing, selectors, faults: keys.faults });
      else log.info('dkim.keys', { domain: name, standing: keys.standing, selectors });
    }
    if (isChanged) watch.look();
  }

  /** After a fault always: what mends a file does not show in its directory. */
  function look(): void {
    const isFaulty = domains().some(({ faults }) => faults.length > 0);
    if (isFaulty || fingerprintOf(settings().dkim.keys, names()) !== seen) read();
  }

  read();
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    ring: () => ring,
    domains,
    reload() {
      read();
      watch.look();
    },
    close() {
      clearInterval(timer);
      watch.close();
    },
  };
}

const summaryOf = ({ standing, keys, faults }: DomainKeys): string =>
  [standing, ...keys.map(({ selector }) => selector), ...faults].join('\n');
