/** What is wrong between the keys under dns.update. Pure. */
import { formatHostPort } from '../platform/network/addresses.ts';
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';
import { formatDuration } from './schema/units.ts';

export function checkUpdate({ dns, inbound, outbound }: Settings, findings: Findings): void {
  const { server, keyFile, ttlMs, intervalMs, checkMs, floor, look } = dns.update;
  if (server !== null && keyFile === null) {
    const problem = `is missing: ${formatHostPort(server)} takes updates by a TSIG key only`;
    const fix =
      'make one: tsig-keygen mailpair > /etc/mailpair/dns.key; then write keyFile: /etc/mailpair/dns.key';
    findings.fault('dns.update.keyFile', null, problem, fix);
  }
  if (intervalMs < ttlMs) {
    const fix = `write ${formatDuration(ttlMs)} or more, or make dns.update.ttl shorter`;
    const problem = 'is shorter than dns.update.ttl, so nobody would see every choice';
    findings.fault('dns.update.interval', formatDuration(intervalMs), problem, fix);
  }
  if (checkMs > intervalMs) {
    const fix = `write ${formatDuration(intervalMs)} or less`;
    findings.fault('dns.update.check', formatDuration(checkMs), 'is longer than dns.update.interval', fix);
  }
  const published = [inbound, outbound].flatMap(({ addresses, nodes }) => [
    addresses,
    ...nodes.map((node) => node.addresses),
  ]);
  for (const address of look.keys())
    if (!published.flat().includes(address)) {
      const problem = 'is not an address of inbound or outbound, so nothing is looked at there';
      findings.warn(`dns.update.look["${address}"]`, address, problem, 'write the address that is published');
    }
  if (server === null) return;
  for (const [role, { nodes }] of Object.entries({ inbound, outbound }))
    if (nodes.length > 1 && floor >= nodes.length) {
      const problem = `is no less than the ${nodes.length} nodes of ${role}, so none of them is ever withdrawn`;
      findings.warn('dns.update.floor', String(floor), problem, `write ${nodes.length - 1} or less`);
    }
}
