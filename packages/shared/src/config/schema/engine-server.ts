/** Where an engine listens: `"127.0.0.1:3310"`, `"unix:/run/clamav/clamd.ctl"`. */
import { isAbsolute } from 'node:path';
import {
  formatHostPort,
  isAddress,
  normaliseAddress,
  parseHostPort,
} from '../../platform/network/addresses.ts';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { Format } from './format.ts';
import { faultOfName } from './names.ts';

/** Where an engine listens: as `connect` of node:net takes it. */
export type EnginePlace = { readonly path: string } | { readonly host: string; readonly port: number };

export interface EngineServerSettings {
  /** As it is shown. */
  readonly name: string;
  readonly place: EnginePlace;
}

/** Longer ones do not fit into an address of a socket. */
const PATH_OCTETS = 107;

export const engineServer = (usualPort: number): Format<EngineServerSettings> => {
  const format: Format<EngineServerSettings> = {
    name: `server with port ${usualPort} or unix socket`,
    expects: `"HOST:PORT", with IPv6 in brackets, or "unix:/PATH": "127.0.0.1:${usualPort}"`,
    read(raw, at, findings) {
      const refuse = (problem: string): undefined =>
        findings.fault(at, raw, problem, `write ${format.expects}`);
      if (typeof raw !== 'string') return refuse('is not a server');
      if (raw.startsWith('unix:') || raw.startsWith('/')) {
        const path = raw.replace(/^unix:/, '');
        if (!isAbsolute(path)) return refuse('has no absolute path');
        if (Buffer.byteLength(path) > PATH_OCTETS)
          return refuse(`is longer than the ${PATH_OCTETS} octets of a socket's path`);
        return { name: `unix:${path}`, place: { path } };
      }
      const read = parseHostPort(raw, usualPort);
      if (!read || read.port === 0) return refuse('is not a host with a port');
      const { host, port } = read;
      const problem = isAddress(host) ? undefined : faultOfName(host);
      if (problem !== undefined) return refuse(`its host ${problem}`);
      const place = { host: isAddress(host) ? normaliseAddress(host) : normaliseDomain(host), port };
      return { name: formatHostPort(place), place };
    },
  };
  return format;
};
