/**
 * Selects the keys of the operator's configuration that a rehearsal keeps unchanged: those that cannot name
 * anything external. Pure.
 *
 * Numbers, durations, sizes and booleans define how a gateway behaves, not what it connects to. Of text
 * values, only those in `words` are kept. All other keys are left out, including keys that are added in the
 * future, so that no host, file or account of the operator enters a rehearsal by mistake. The times of the
 * queue are compressed like those of the rehearsal.
 */
import { formatDuration } from '@mailpair/shared/config/schema/units';
import type { Settings } from '@mailpair/shared/config/settings';

export interface GivenKey {
  readonly path: string;
  /** The text in the configuration. */
  readonly raw: unknown;
  readonly layer: 'default' | 'file' | 'env' | 'set';
}

/** Keys whose value is one of a few words. */
const words: readonly string[] = ['smtp.bareLineEnds', 'tls.minVersion'];
/** Keys for which a rehearsal has its own values. */
const own: readonly RegExp[] = [
  /^log\./,
  /\.workers$/,
  /^queue\.(retryFirst|retryMax|warnAfter|expire|minFree)$/,
];
const quantity = /^\d+(?:\.\d+)?\s?(?:ms|s|m|h|d|B|KB|MB|GB|TB)?$/i;

const isKept = ({ path, raw, layer }: GivenKey): boolean => {
  if (layer === 'default' || own.some((pattern) => pattern.test(path))) return false;
  if (typeof raw === 'number' || typeof raw === 'boolean') return true;
  if (typeof raw !== 'string') return false;
  return quantity.test(raw) || ['true', 'false'].includes(raw) || words.includes(path);
};

export const keptKeys = (given: readonly GivenKey[]): { readonly [path: string]: unknown } =>
  Object.fromEntries(given.filter(isKept).map(({ path, raw }) => [path, raw]));

/** Small enough for the disk that a rehearsal fills. */
const MIN_FREE = '8MB';

/** The times of the queue in compressed time; a key with a minimum keeps at least the minimum. */
export function queueKeys({ queue }: Settings, compression: number): { readonly [path: string]: unknown } {
  const scaled = (ms: number, leastMs: number): string =>
    formatDuration(Math.max(leastMs, Math.round(ms / compression)));
  return {
    'queue.retryFirst': scaled(queue.retryFirstMs, 1),
    'queue.retryMax': scaled(queue.retryMaxMs, 1),
    'queue.warnAfter': scaled(queue.warnAfterMs, 1000),
    'queue.expire': scaled(queue.expireMs, 1000),
    'queue.minFree': MIN_FREE,
  };
}
