/** What no test may touch, for it differs from host to host: files of an installed pair, and the resolver. Pure. */
import { isIP } from 'node:net';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const foreignDirectories = ['/etc/mailpair', '/var'];

const isAtOrBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** @param ours directories of the tests, wherever they lie: the checkout, the temporary directory */
export function foreignPath(given: unknown, ours: readonly string[]): string | undefined {
  const path = pathOf(given);
  if (path === undefined) return undefined;
  const isForeign = foreignDirectories.some((directory) => isAtOrBelow(path, directory));
  return isForeign && !ours.some((directory) => isAtOrBelow(path, directory)) ? path : undefined;
}

function pathOf(given: unknown): string | undefined {
  if (typeof given === 'string') return resolve(given);
  if (given instanceof URL) return given.protocol === 'file:' ? fileURLToPath(given) : undefined;
  return Buffer.isBuffer(given) ? resolve(given.toString()) : undefined;
}

/** Whether looking the name up asks somebody. */
export const isForeignName = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && isIP(name) === 0 && !/(^|\.)localhost\.?$/i.test(name);

/** Whether it is the resolver of this host, or one elsewhere: those of tests are on loopback. @param system as node:dns names them */
export function isForeignResolver(address: string, port: number, system: readonly string[]): boolean {
  if (port !== 53) return false;
  return system.includes(address) || address === '127.0.0.53' || !/^(127\.|::1$|localhost$)/.test(address);
}
