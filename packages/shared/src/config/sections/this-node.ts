/** Which of the nodes this machine is. */
import type { Findings } from '../schema/findings.ts';
import { optional } from '../schema/key.ts';
import { gatewayName } from '../schema/names.ts';
import type { SettingsOf } from '../schema/place.ts';
import type { Roles } from './both-roles.ts';

export const nodeKeys = {
  node: optional(
    gatewayName,
    'Which node of its role this machine is; without it, the one that has the name of the machine. Set it by ' +
      'environment, so that the file stays the same everywhere.',
    'in1.example.com',
    { reload: 'restart' },
  ),
} as const;

/** Nodes are told apart by their names, in logs, in heartbeats and in DNS. */
export function checkNodes(
  { inbound, outbound, node }: SettingsOf<typeof nodeKeys> & Roles,
  findings: Findings,
): void {
  const nodes = [
    ...inbound.nodes.map(({ host }, index) => ({ host, at: `inbound.nodes[${index}].host` })),
    ...outbound.nodes.map(({ host }, index) => ({ host, at: `outbound.nodes[${index}].host` })),
  ];
  const first = new Map<string, string>();
  const several = inbound.nodes.length + outbound.nodes.length > 2;
  for (const { host, at } of nodes) {
    const taken = first.get(host);
    if (taken && several)
      findings.fault(at, host, `is the name of ${taken} too`, 'give each node its own name');
    first.set(host, taken ?? at);
  }
  if (node === null || first.has(node)) return;
  findings.fault('node', node, 'is the name of no node', `write one of ${[...first.keys()].join(', ')}`);
}
