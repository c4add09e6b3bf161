/** What is wrong with the way between the nodes: plain HTTP, nodes that the others cannot reach, times that do not fit. Pure. */
import { hostOfUrl, isLoopback } from '../platform/network/addresses.ts';
import type { HostSettings, NodeSettings } from './settings/hosts.ts';
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';
import { formatDuration } from './schema/units.ts';

export function checkHeartbeat(settings: Settings, findings: Findings): void {
  const { pair } = settings;
  for (const role of ['inbound', 'outbound'] as const) checkEncrypted(role, settings, findings);
  if (pair.secretFile === null) return;
  if (pair.deadAfterMs < 2 * pair.intervalMs) {
    const fix = `write ${formatDuration(2 * pair.intervalMs)} or more`;
    const problem = 'is less than two of pair.interval, so one late heartbeat would make a partner dead';
    findings.fault('pair.deadAfter', formatDuration(pair.deadAfterMs), problem, fix);
  }
  for (const role of ['inbound', 'outbound'] as const) checkReachable(role, settings, findings);
}

/** Only what stays on its host may go without TLS. A listener beyond loopback speaks nothing else. */
function checkEncrypted(role: 'inbound' | 'outbound', settings: Settings, findings: Findings): void {
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

function checkReachable(role: 'inbound' | 'outbound', settings: Settings, findings: Findings): void {
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
function haveOthersTheirOwnHost(node: NodeSettings, { inbound, outbound }: Settings): boolean {
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
