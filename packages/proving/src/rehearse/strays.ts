/** Verifies that a rehearsal uses nothing of the operator. Pure. */
import { isAddress } from '@mailpair/shared/platform/network/addresses';
import { SUFFIX } from './stand-ins.ts';

/**
 * The external references in a configuration: addresses outside loopback, servers outside the rehearsal, and
 * files outside its directory.
 */
export function strays(value: unknown, directory: string): string[] {
  if (value instanceof Map) return [...value.values()].flatMap((item) => strays(item, directory));
  if (Array.isArray(value)) return value.flatMap((item) => strays(item, directory));
  if (typeof value === 'object' && value !== null) return strays(Object.values(value), directory);
  if (typeof value !== 'string') return [];
  const path = /^(?:file: *)?(\/.*)$/.exec(value)?.[1];
  if (path !== undefined) return path.startsWith(`${directory}/`) ? [] : [path];
  const parts = value.split(/[\s/@"'[\],=?]+/).flatMap((part) => [part, part.replace(/:\d+$/, '')]);
  const addresses = parts.filter((part) => isAddress(part) && !part.startsWith('127.'));
  const server = /^(?:[a-z]+:\/\/(?:[^@/]*@)?)?([^:/?@[\]]+):\d+(?:\?.*)?$/.exec(value)?.[1];
  const isHere = server === undefined || isAddress(server) || server.endsWith(`.${SUFFIX}`);
  return isHere ? addresses : [...addresses, server];
}
