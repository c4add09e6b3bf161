/** The keys of the heartbeat between the gateways of a pair. */
import { duration, file } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { hostOfUrl, isLoopback } from '../../platform/network/addresses.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration } from '../schema/units.ts';
import type { NodeSettings } from './nodes.ts';
import type { HostSettings } from './role.ts';
import type { Roles } from './both-roles.ts';
import { roleNames, type RoleName } from '../../platform/values/role-name.ts';

export const pairKeys = {
  'pair.secretFile': optional(
    file('secret'),
    'File of the secret that the gateways share; the same content on every host, made by "openssl rand ' +
      '-base64 32". With it they exchange heartbeats over their HTTP listeners. Several lines are for a change ' +
      'of secret: the first is used, all are taken.',
    '/etc/mailpair/pair.secret',
  ),
  'pair.interval': key(duration('100ms', '1m'), '1s', 'Time between two heartbeats to a partner.', '1s'),
  'pair.deadAfter': key(
    duration('200ms', '10m'),
    '5s',
    'A partner that was not heard of for so long counts as dead: nothing is sent its way until it is back.',
    '5s',
  ),
  'pair.caFile': optional(
    file('authority'),
    'Certificates of authorities (PEM) that are trusted besides what the secret of the pair vouches for. It is needed ' +
      'only where a proxy with a certificate of its own stands before the HTTP listener of a node.',
    '/etc/mailpair/pair-ca.crt',
  ),
} as const;

type WithPair = SettingsOf<typeof pairKeys> & Roles;

export function checkHeartbeat(settings: WithPair, findings: Findings): void {
  const { pair } = settings;
  for (const role of roleNames) checkEncrypted(role, settings, findings);
  if (pair.secretFile === null) return;
  if (pair.deadAfterMs < 2 * pair.intervalMs) {
    const fix = `write ${formatDuration(2 * pair.intervalMs)} or more`;
    const problem = 'is less than two of pair.interval, so one late heartbeat would make a partner dead';
    findings.fault('pair.deadAfter', formatDuration(pair.deadAfterMs), problem, fix);
  }
  for (const role of roleNames) checkReachable(role, settings, findings);
}

/** Only what stays on its host may go without TLS. A listener beyond loopback speaks nothing else. */
function checkEncrypted(role: RoleName, settings: Roles, findings: Findings): void {
  const { nodes, http } = settings[role];
  for (const { url, at } of nodes.map((node, index) => ({ ...node, at: urlKey(role, nodes, index) }))) {
    if (url === null || !url.startsWith('http:')) continue;
    const fix = `write ${url.replace('http:', 'https:')}`;
    if (!isLoopbackUrl(url))
      findings.fault(at, url, 'would carry tokens and queued mail through the network in clear text', fix);
    else if (http && !isLoopback(http.host) && nodes.length === 1)
      findings.fault(at, url, `leads to ${role}.http, which speaks TLS because it is not on loopback`, fix);
  }
}

const urlKey = (role: string, { length }: readonly unknown[], index: number): string =>
  length > 1 ? `${role}.nodes[${index}].url` : `${role}.url`;

function checkReachable(role: RoleName, settings: Roles, findings: Findings): void {
  const own = settings[role];
  const listenAt = role === 'inbound' ? '10.0.0.2:8025' : '10.0.0.3:8026';
  const fix = `write ${role}.http: "${listenAt}" with an address of that host which its partner can reach`;
  own.nodes.forEach((node, index) => {
    const at = own.nodes.length > 1 ? urlKey(role, own.nodes, index) : `${role}.http`;
    if (node.url === null)
      findings.warn(at, null, 'there is no HTTP listener for the heartbeats of the partner', fix);
    else if (isLoopbackUrl(node.url) && haveOthersTheirOwnHost(node, settings))
      findings.warn(
        at,
        node.url,
        'is reached from its own host only, so its partner will take it for dead',
        fix,
      );
  });
}

/** Whether some other node is on a host of its own: its address is no loopback either, or DNS gives it another. */
function haveOthersTheirOwnHost(node: NodeSettings, { inbound, outbound }: Roles): boolean {
  const all = [inbound, outbound].flatMap((role) => nodesWithAddresses(role));
  const own = new Set(all.find((other) => other.node === node)?.addresses);
  return all.some(({ node: other, addresses }) => {
    if (other === node) return false;
    if (other.url !== null && !isLoopbackUrl(other.url)) return true;
    return own.size > 0 && addresses.length > 0 && !addresses.some((address) => own.has(address));
  });
}

const nodesWithAddresses = ({ nodes }: HostSettings) =>
  nodes.map((node) => ({ node, addresses: node.addresses }));

function isLoopbackUrl(url: string): boolean {
  const host = hostOfUrl(url);
  return host === 'localhost' || isLoopback(host);
}
