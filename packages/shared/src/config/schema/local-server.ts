/** The mail servers behind the gateways: `"mail.internal:25"`, or a mapping with weight and tls. */
import type { TlsLevel } from '../../platform/values/next-hop.ts';
import { normaliseDomain } from '../../platform/values/address.ts';
import { isAddress, normaliseAddress, parseHostPort } from '../../platform/network/addresses.ts';
import type { HostPort } from '../../platform/network/addresses.ts';
import { choice, count, readFields, yesNo } from './format.ts';
import type { Format } from './format.ts';
import { faultOfName } from './names.ts';

export interface LocalServerSettings {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly tls: TlsLevel;
  readonly implicitTls: boolean;
}

/** Any host one can connect to. */
const serverAddress: Format<HostPort> = {
  name: 'server',
  expects: '"HOST:PORT", with IPv6 in brackets: "mail.internal:25", "[2001:db8::5]:25"',
  read(raw, at, findings) {
    const server = typeof raw === 'string' ? parseHostPort(raw, 25) : undefined;
    if (!server || server.port === 0) {
      return findings.fault(at, raw, 'is not a host with a port', `write ${serverAddress.expects}`);
    }
    if (isAddress(server.host)) return { host: normaliseAddress(server.host), port: server.port };
    const problem = faultOfName(server.host);
    if (problem) return findings.fault(at, raw, `its host ${problem}`, `write ${serverAddress.expects}`);
    return { host: normaliseDomain(server.host), port: server.port };
  },
};

export const tlsLevel = choice('none', 'opportunistic', 'encrypt', 'verify');

const fields = { address: serverAddress, weight: count(1, 1000), tls: tlsLevel, implicitTls: yesNo };
const usual = { weight: 1, tls: 'opportunistic', implicitTls: false } as const;

export const localServer: Format<LocalServerSettings> = {
  name: 'local server',
  expects: `${serverAddress.expects}, or {address, weight, tls, implicitTls}`,
  read(raw, at, findings) {
    if (!(raw instanceof Map)) {
      const server = serverAddress.read(raw, at, findings);
      return server && { ...usual, ...server };
    }
    const { address, ...rest } = readFields(raw, at, fields, findings);
    if (!raw.has('address'))
      return findings.fault(at, raw, 'has no address', 'add address: "mail.internal:25"');
    if (rest.implicitTls && rest.tls === 'none') {
      return findings.fault(`${at}.tls`, 'none', 'contradicts implicitTls: true', 'remove one of them');
    }
    return address && { ...usual, ...address, ...rest };
  },
};
