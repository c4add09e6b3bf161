/**
 * Connects to another place than the name or address states: `mx-in.example.com:25=127.0.0.1:2525`. This
 * verifies a pair before its addresses are in use, through a tunnel, or on loopback. The results are judged
 * as if they came from the real place.
 */
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import {
  formatHostPort,
  isAddress,
  normaliseAddress,
  parseHostPort,
} from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';

/** The place to connect to for `port` of the host `name` at `address`. */
export type Detours = (name: string, address: string, port: number) => HostPort;

export const straight: Detours = (_name, host, port) => ({ host, port });

/** @throws if a text is malformed; the error contains the text */
export function parseDetours(texts: readonly string[]): Detours {
  const places = new Map<string, HostPort>();
  for (const text of texts) {
    const [from, to, ...rest] = text.split('=').map((side) => parseHostPort(side));
    if (!from || !to || rest.length > 0 || !isAddress(to.host))
      throw new Error(`${text} is malformed; write HOST:PORT=ADDRESS:PORT`);
    places.set(placeOf(from.host, from.port), to);
  }
  return (name, address, port) =>
    places.get(placeOf(name, port)) ?? places.get(placeOf(address, port)) ?? { host: address, port };
}

const placeOf = (host: string, port: number): string =>
  formatHostPort({ host: isAddress(host) ? normaliseAddress(host) : normaliseDomain(host), port });
