/**
 * All gateways of the pair, wherever they run: those whose spool is here by their own way, the others over their url with a
 * pass signed by the secret of the pair. Who cannot be asked is named with the reason, and does not keep the others from it.
 */
import { hostname } from 'node:os';
import type { NodeSettings } from '../config/sections/nodes.ts';
import type { Settings } from '../config/settings.ts';
import { apiCaller } from '../platform/http/api-caller.ts';
import { passTo } from '../gateway/pair/pass-to.ts';
import { askRunning } from './ask.ts';
import { hasSpool, reachHere, runningGateway, type Here, type ReachedGateway } from './reach-gateway.ts';
import { table } from './table.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export type Reached =
  | { readonly kind: 'asked'; readonly gateway: ReachedGateway }
  | { readonly kind: 'not-asked'; readonly role: RoleName; readonly node: string; readonly reason: string };

const LOOK_TIMEOUT_MS = 5_000;

/** Each node of these roles. */
export async function reachPair(
  roles: readonly RoleName[],
  settings: Settings,
  here: (role: RoleName) => Pick<Here, 'needs' | 'onDamage'>,
): Promise<Reached[]> {
  const reached: Reached[] = [];
  for (const role of roles) {
    const nodeOfHere = nodeHere(role, settings);
    for (const node of settings[role].nodes) {
      const way =
        node === nodeOfHere
          ? reachHere(role, settings, { ...here(role), host: node.host })
          : reachNode(role, node, settings);
      reached.push(
        await way.then(
          (gateway) => ({ kind: 'asked', gateway }),
          (error: Error) => ({ kind: 'not-asked', role, node: node.host, reason: error.message }),
        ),
      );
    }
  }
  return reached;
}

/** The node of a role whose spool is on this host. */
function nodeHere(role: RoleName, settings: Settings): NodeSettings | undefined {
  if (!hasSpool(role, settings)) return undefined;
  const { nodes } = settings[role];
  const machine = settings.node ?? hostname().toLowerCase();
  return nodes.find(({ host }) => host === machine) ?? nodes[0];
}

async function reachNode(role: RoleName, node: NodeSettings, settings: Settings): Promise<ReachedGateway> {
  const { address, authorize } = passTo(role, node, settings);
  const api = apiCaller(address, authorize);
  try {
    await askRunning(api, { timeoutMs: LOOK_TIMEOUT_MS })(table.status.show, {});
  } catch (error) {
    throw new Error(`${node.url}: ${(error as Error).message}`, { cause: error });
  }
  return runningGateway(api, role, node.host);
}
