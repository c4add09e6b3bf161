/** Host names, domains and addresses as values. Names are given back in lower-case A-labels. */
import { normaliseDomain } from '../../platform/values/address.ts';
import {
  formatNetwork,
  isAddress,
  normaliseAddress,
  parseHostPort,
  parseNetwork,
} from '../../platform/network/addresses.ts';
import type { Format } from './format.ts';

/** What is wrong with a name, for a person; undefined when nothing is. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('@')) return 'is a mail address, not a domain';
  if (name.includes('://') || name.includes('/')) return 'is a URL, not a name';
  if (isAddress(name)) return 'is an address, not a name';
  if (/[\s:]/.test(name)) return 'is not a name';
  const ascii = normaliseDomain(name);
  if (ascii.length === 0 || ascii.length > 253) return 'is not a name';
  const label = ascii.split('.').find((label) => !/^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  if (label !== undefined)
    return `is not a name: "${label}" is no label (letters, digits and - within, at most 63)`;
  return /\d$/.test(ascii) ? 'is not a name: its last label is a number' : undefined;
}

/** A hosted domain. */
export const domainName: Format<string> = {
  name: 'domain',
  expects: 'a domain such as example.com',
  read(raw, at, findings) {
    const problem = typeof raw === 'string' ? faultOfName(raw) : 'is not a name';
    if (typeof raw === 'string' && problem === undefined) return normaliseDomain(raw);
    const domain = typeof raw === 'string' ? /@([^@]+)$/.exec(raw)?.[1] : undefined;
    return findings.fault(at, raw, problem ?? 'is not a name', `write ${domain ?? domainName.expects}`);
  },
};

/** A network as `formatNetwork` writes it. */
export const network: Format<string> = {
  name: 'network',
  expects: 'a network or an address: 198.51.100.0/24, 2001:db8:1::/48, 192.0.2.7',
  read(raw, at, findings) {
    const parsed = typeof raw === 'string' ? parseNetwork(raw) : undefined;
    if (!parsed) return findings.fault(at, raw, 'is not a network', `write ${network.expects}`);
    return formatNetwork(parsed);
  },
};

/** A network as `formatNetwork` writes it, which has a slash, or a domain. */
export const networkOrDomain: Format<string> = {
  name: 'network or domain',
  expects: 'a network such as 192.0.2.0/24, or a domain such as example.com',
  read(raw, at, findings) {
    const network = typeof raw === 'string' ? parseNetwork(raw) : undefined;
    if (network) return formatNetwork(network);
    if (typeof raw === 'string' && faultOfName(raw) === undefined) return normaliseDomain(raw);
    return findings.fault(at, raw, 'is neither a network nor a domain', `write ${networkOrDomain.expects}`);
  },
};

/** The public name of a gateway, as MX record, greeting and certificate carry it. */
export const gatewayName: Format<string> = {
  name: 'host name',
  expects: 'a full host name such as mx.example.com',
  read(raw, at, findings) {
    const problem = typeof raw === 'string' ? faultOfName(raw) : 'is not a name';
    if (typeof raw !== 'string' || problem !== undefined) {
      return findings.fault(at, raw, problem ?? 'is not a name', `write ${gatewayName.expects}`);
    }
    const name = normaliseDomain(raw);
    if (name.includes('.')) return name;
    return findings.fault(
      at,
      raw,
      'is not a full host name',
      `write it with its domain, such as ${name}.example.com`,
    );
  },
};

export const address: Format<string> = {
  name: 'address',
  expects: 'an IPv4 or IPv6 address, without brackets',
  read(raw, at, findings) {
    if (typeof raw === 'string' && isAddress(raw)) return normaliseAddress(raw);
    const bare = typeof raw === 'string' ? parseHostPort(raw, 0)?.host : undefined;
    const fix = bare !== undefined && isAddress(bare) ? bare : address.expects;
    return findings.fault(at, raw, 'is not an address', `write ${fix}`);
  },
};

/** A DNS server: an address, with a port when it is not 53. */
export const dnsServer: Format<string> = {
  name: 'dns server',
  expects: 'an address, with a port when it is not 53: 10.0.0.53, "[2001:db8::53]:5353"',
  read(raw, at, findings) {
    if (typeof raw === 'string') {
      const server = parseHostPort(raw, 53);
      if (isAddress(raw) || (server && server.port > 0 && isAddress(server.host))) return raw;
    }
    return findings.fault(at, raw, 'is not the address of a DNS server', `write ${dnsServer.expects}`);
  },
};
