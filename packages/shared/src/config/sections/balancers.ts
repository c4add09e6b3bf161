/** The keys for what load balancers are told of a gateway. */
import { directory } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { optional } from '../schema/key.ts';
import { optionalListenAddress } from '../schema/listen.ts';

/** A file that the gateway writes itself. */
const path: Format<string> = { ...directory, name: 'path' };

const agentDoc =
  'Where HAProxy asks for the weight of this gateway (agent-check), and F5 BIG-IP and Envoy whether it takes clients; ' +
  '"mailpair balancer haproxy" prints the configuration to go with it.';
const trackDoc =
  'File that holds the headroom of this gateway, for keepalived (track_file); "mailpair balancer keepalived" ' +
  'prints the configuration to go with it. Its directory must be there, and writable for the gateway.';

export const balancerKeys = {
  'inbound.agent': optional(optionalListenAddress, agentDoc, '10.0.0.2:7025'),
  'inbound.trackFile': optional(path, trackDoc, '/run/mailpair-inbound/headroom'),
  'outbound.agent': optional(optionalListenAddress, agentDoc, '10.0.0.3:7025'),
  'outbound.trackFile': optional(path, trackDoc, '/run/mailpair-outbound/headroom'),
} as const;
