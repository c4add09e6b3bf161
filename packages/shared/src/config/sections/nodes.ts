/** One machine of a role that has several, and where its HTTP listener is reached. */
import { listOf, readFields } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { limitsOfNode, loadOfNode } from './limits.ts';
import type { OwnLimits } from './limits.ts';
import { address, gatewayName } from '../schema/names.ts';

/** One machine of a role. */
export interface NodeSettings extends OwnLimits {
  /** The name in its greeting, in EHLO to others, in Received. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** Where its partner reaches its HTTP listener, without a path; null when it has none. */
  readonly url: string | null;
}

/** `https://HOST[:PORT]`, on loopback `http://` too, given back without a final slash. */
export const url: Format<string> = {
  name: 'url',
  expects: 'a URL without a path: https://10.0.0.2:8025',
  read(raw, at, findings) {
    const parsed = typeof raw === 'string' && URL.canParse(raw) ? new URL(raw) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol))
      return findings.fault(at, raw, 'is not an http or https URL', `write ${url.expects}`);
    if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '' || parsed.username !== '')
      return findings.fault(at, raw, 'has more than a host and a port', `write ${parsed.origin}`);
    return parsed.origin;
  },
};

const fields = { host: gatewayName, addresses: listOf(address), url, limits: limitsOfNode, load: loadOfNode };

export const node: Format<NodeSettings> = {
  name: 'node',
  expects: '{host, addresses, url, limits, load}',
  read(raw, at, findings) {
    if (!(raw instanceof Map))
      return findings.fault(
        at,
        raw,
        'is not a mapping',
        'write { host: in1.example.com, addresses: [192.0.2.11] }',
      );
    const {
      host,
      addresses = [],
      url: reachedAt = null,
      limits = {},
      load = {},
    } = readFields(raw, at, fields, findings);
    if (!raw.has('host')) return findings.fault(at, raw, 'has no host', 'add host: in1.example.com');
    return host === undefined ? undefined : { host, addresses, url: reachedAt, limits, load };
  },
};
