/** The keys that a gateway reads when it starts and no more; every other key is applied by a reload. Pure. */
import type { KeyPath } from './keys.ts';

type RoleName = 'inbound' | 'outbound';

/** Below `inbound` or `outbound`, of the gateway itself. What is said of the other gateway is applied. */
const ofRole = [
  'host',
  'addresses',
  'nodes',
  'sourceAddresses',
  'listen',
  'listen.submission',
  'listen.mx',
  'submission',
  'spool',
  'http',
  'workers',
  'agent',
  'trackFile',
];

const ofBoth: ReadonlySet<string> = new Set<KeyPath>([
  'node',
  'dns.servers',
  'dns.timeout',
  'queue.minFree',
  'send.connectionsPerHop',
  'send.connectionsTotal',
  'send.connectTimeout',
  'send.commandTimeout',
  'send.messageTimeout',
  'send.idle',
  'send.messagesPerConnection',
  'send.chunking',
]);

export const needsRestart = (path: string, role: RoleName): boolean =>
  ofBoth.has(path) || ofRole.some((name) => path === `${role}.${name}`);

/** The gateways that apply a change of the key only when they start; none where a reload applies it. */
export const restartsOf = (path: string): readonly RoleName[] =>
  (['inbound', 'outbound'] as const).filter((role) => needsRestart(path, role));
