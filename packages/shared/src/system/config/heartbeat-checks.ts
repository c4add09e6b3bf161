/** What stands in the way of the heartbeat: nodes that the others cannot reach, and times that do not fit. Pure. */
import type { HostSettings, NodeSettings } from '../settings/hosts.ts';
import type { Settings } from '../settings.ts';
import type { Findings } from './findings.ts';
import { formatDuration } from './units.ts';

export function checkHeartbeat(settings: Settings, findings: Findings): void {
  const { pair } = settings;
  if (pair.secretFile === null) return;
  if (pair.deadAfterMs < 2 * pair.intervalMs) {
    const fix = `write ${formatDuration(2 * pair.intervalMs)} or more`;
    const problem = 'is less than two of pair.interval, so one late heartbeat would make a partner dead';
    findings.fault('pair.deadAfter', formatDuration(pair.deadAfterMs), problem, fix);
  }
  for (const role of ['inbound', 'outbound'] as const) checkReachable(role, settings, findings);
}

function checkReachable(role: 'inbound' | 'outbound', settings: Settings, findings: Findings): void {
  const own = settings[role];
  const listenAt = role === 'inbound' ? '10.0.0.2:8025' : '10.0.0.3:8026';
  const fix = `write ${role}.http: "${listenAt}" with an address of that host which its partner can reach`;
  own.nodes.forEach((node, index) => {
    const at = own.nodes.length > 1 ? `${role}.nodes[${index}].url` : `${role}.http`;
    if (node.url === null)
      findings.warn(at, null, 'there is no HTTP listener for the heartbeats of the partner', fix);
    else if (isLoopback(node.url) && haveOthersTheirOwnHost(node, settings))
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
    if (other.url !== null && !isLoopback(other.url)) return true;
    return own.size > 0 && addresses.length > 0 && !addresses.some((address) => own.has(address));
  });
}

const nodesWithAddresses = ({ nodes }: HostSettings) =>
  nodes.map((node) => ({ node, addresses: node.addresses }));

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
