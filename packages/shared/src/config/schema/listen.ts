/** Where a gateway listens: `"0.0.0.0:25"`, `"[::]:25"`, or a mapping of address, tls and proxy. */
import type { ListenerRole } from '../../platform/values/session.ts';
import { isAddress, normaliseAddress, parseHostPort } from '../../platform/network/addresses.ts';
import type { HostPort } from '../../platform/network/addresses.ts';
import type { ListenSettings } from './listen-settings.ts';
import { balancers } from './balancers.ts';
import type { Findings } from './findings.ts';
import { choice, readFields } from './format.ts';
import type { Format } from './format.ts';

/** The port on which mail is submitted under TLS from the first byte (RFC 8314 §3.3). */
const submissionsPort = 465;

/** An address of this machine with a port. */
const listenAddress: Format<HostPort> = {
  name: 'listen address',
  expects: '"ADDRESS:PORT", with IPv6 in brackets: "127.0.0.1:25", "[::1]:25"',
  read: (raw, at, findings) => readListenAddress(raw, at, findings),
};

/** The same, or `none` for not listening. */
export const optionalListenAddress: Format<HostPort | null> = {
  name: 'listen address or none',
  expects: `${listenAddress.expects}, or none`,
  read: (raw, at, findings) =>
    raw === 'none' || raw === false ? null : readListenAddress(raw, at, findings),
};

function readListenAddress(raw: unknown, at: string, findings: Findings): HostPort | undefined {
  const read = typeof raw === 'string' ? parseHostPort(raw) : undefined;
  if (read && isAddress(read.host)) return { host: normaliseAddress(read.host), port: read.port };
  return findings.fault(at, raw, 'is not an address with a port', fixOf(raw));
}

function fixOf(raw: unknown): string {
  const written = String(raw);
  const port = /^:?(\d{1,5})$/.exec(written)?.[1];
  if (port !== undefined)
    return `write "0.0.0.0:${port}" for all IPv4 addresses, "[::]:${port}" for all IPv6 ones`;
  const local = /^(?:localhost|\*)(:\d{1,5})$/.exec(written);
  if (local) return `write "${written.startsWith('*') ? '0.0.0.0' : '127.0.0.1'}${local[1]}"`;
  const colon = written.lastIndexOf(':');
  const [host, suffix] = [written.slice(0, Math.max(0, colon)), written.slice(colon)];
  if (host.includes(':') && isAddress(host) && /^:\d{1,5}$/.test(suffix)) return `write "[${host}]${suffix}"`;
  return `write ${listenAddress.expects}`;
}

/** One listener of a role. TLS is by STARTTLS, but from the first byte on the submissions port 465. */
export function listener(role: ListenerRole): Format<ListenSettings> {
  const usualTls = (port: number) =>
    role === 'submission' && port === submissionsPort ? 'implicit' : 'starttls';
  return {
    name: `${role} listener`,
    expects: `${listenAddress.expects}, or {address, tls: starttls | implicit | none, proxy: [BALANCER]}`,
    read(raw, at, findings) {
      const listen =
        raw instanceof Map ? readMapping(raw, at, findings) : listenAddress.read(raw, at, findings);
      if (!listen) return undefined;
      const complete: ListenSettings = { tls: usualTls(listen.port), ...listen };
      findings.listeners.push({ at, listen: complete });
      return complete;
    },
  };
}

const listenFields = {
  address: listenAddress,
  tls: choice('starttls', 'implicit', 'none'),
  proxy: balancers,
};

function readMapping(raw: Map<unknown, unknown>, at: string, findings: Findings) {
  const { address, tls, proxy } = readFields(raw, at, listenFields, findings);
  if (!raw.has('address'))
    return findings.fault(at, raw, 'has no address', `add address: ${listenAddress.expects}`);
  return address && { ...address, ...(tls && { tls }), ...(proxy && { proxy }) };
}
