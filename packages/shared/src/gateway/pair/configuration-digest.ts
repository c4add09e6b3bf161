/**
 * Tells partners whose configuration differs, key by key, without telling the values: of each value an HMAC is
 * exchanged, so that who records it can neither read nor guess it. Pure.
 */
import { createHmac } from 'node:crypto';

/** Key of the configuration → HMAC of its value. */
export type Digest = Readonly<Record<string, string>>;

/** Keys that may differ between hosts that are otherwise the same. */
export const nodeLocal: ReadonlySet<string> = new Set([
  'node',
  'inbound.http',
  'outbound.http',
  'log.level',
  'pair.secretFile',
  'pair.caFile',
  'tls.certFile',
  'tls.keyFile',
]);

export function digestOf(values: Readonly<Record<string, unknown>>, key: Buffer): Digest {
  return Object.fromEntries(
    Object.keys(values)
      .filter((path) => !nodeLocal.has(path))
      .map((path) => [path, hide(`${path}\n${canonical(values[path])}`, key)]),
  );
}

/** Keys that both know and that have different values, in order. What only one knows is of another version. */
export function differencesOf(ours: Digest, theirs: Digest): string[] {
  return Object.keys(ours)
    .filter((path) => theirs[path] !== undefined && theirs[path] !== ours[path])
    .toSorted();
}

const hide = (text: string, key: Buffer): string =>
  createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);

/** One text for one value, whatever order its names come in. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Map) return canonical(Object.fromEntries(value));
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}
