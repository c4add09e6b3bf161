/**
 * Which keys of the operator's configuration a rehearsal keeps as they are: those that can name nothing outside. Pure.
 *
 * A number, a duration, a size and a yes or no say how a gateway behaves, not where it is; of texts, only the words of
 * `words` are kept. Whatever else there is, now or later, is left out, so that no host, file or account of the operator
 * gets into a rehearsal because nobody thought of it. Clocks of the queue run as fast as the rehearsal's.
 */
import { formatDuration } from '@mailpair/shared/config/schema/units';
import type { Settings } from '@mailpair/shared/config/settings';

export interface GivenKey {
  readonly path: string;
  /** As written. */
  readonly raw: unknown;
  readonly layer: 'default' | 'file' | 'env' | 'set';
}

/** Keys whose value is one of a few words. */
const words: readonly string[] = ['smtp.bareLineEnds', 'tls.minVersion'];
/** A rehearsal has its own. */
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

/** The clocks of the queue in compressed time; what has a least value keeps it. */
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
