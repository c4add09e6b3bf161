/** The keys of the HTTP listeners. */
import { formatNetwork, parseNetwork } from '../../platform/network/addresses.ts';
import { listOf, type Format } from '../schema/format.ts';
import { key } from '../schema/key.ts';

/** `loopback`, `partner`, or a network in CIDR form. */
const allowed: Format<string> = {
  name: 'loopback | partner | network',
  expects: 'loopback, partner, or a network or an address such as 10.0.0.0/24',
  read(raw, at, findings) {
    if (raw === 'loopback' || raw === 'partner') return raw;
    const network = typeof raw === 'string' ? parseNetwork(raw) : undefined;
    if (network) return formatNetwork(network);
    return findings.fault(at, raw, 'is neither a known word nor a network', `write ${allowed.expects}`);
  },
};

export const httpKeys = {
  'http.allow': key(
    listOf(allowed),
    ['loopback', 'partner'],
    'Who may read /metrics and /healthz/details without the token: loopback (this host), partner (the addresses that ' +
      'this file has of the other nodes), and networks, such as that of your monitoring. Nobody reaches /api without ' +
      'the token. /healthz and /readyz answer everybody with one word.',
    '[loopback, partner, 10.0.0.9]',
  ),
} as const;
