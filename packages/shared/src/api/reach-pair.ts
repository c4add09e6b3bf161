/**
 * All gateways of the pair, wherever they run: those whose spool is here by their own way, the others over their url with a
 * pass signed by the secret of the pair. Who cannot be asked is named with the reason, and does not keep the others from it.
 */
import { hostname } from 'node:os';
import type { NodeSettings } from '../config/sections/nodes.ts';
import type { Settings } from '../config/settings.ts';
import { apiCaller, type ApiCaller } from '../platform/http/api-caller.ts';
import { passTo } from '../gateway/pair/pass-to.ts';
import { hasSpool } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export type Reached<C> =
  | { readonly kind: 'asked'; readonly role: RoleName; readonly node: string; readonly control: C }
  | { readonly kind: 'not-asked'; readonly role: RoleName; readonly node: string; readonly reason: string };

export interface Ways<C> {
  /** A gateway whose spool is on this host, running or not. */
  here(role: RoleName): Promise<C>;
  /** A running gateway elsewhere. */
  there(api: ApiCaller, role: RoleName, node: string): C;
}

const LOOK_TIMEOUT_MS = 5_000;

/** Each node of these roles. */
export async function reachPair<C>(
  roles: readonly RoleName[],
  settings: Settings,
  ways: Ways<C>,
): Promise<Reached<C>[]> {
  const reached: Reached<C>[] = [];
  for (const role of roles) {
    const here = nodeHere(role, settings);
    for (const node of settings[role].nodes) {
      const way = node === here ? ways.here(role) : reachNode(role, node, settings, ways);
      reached.push(
        await way.then(
          (control) => ({ kind: 'asked', role, node: node.host, control }),
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

async function reachNode<C>(
  role: RoleName,
  node: NodeSettings,
  settings: Settings,
  ways: Ways<C>,
): Promise<C> {
  const { address, authorize } = passTo(role, node, settings);
  const api = apiCaller(address, authorize);
  try {
    await api.given('GET', '/status', {}, { timeoutMs: LOOK_TIMEOUT_MS });
  } catch (error) {
    throw new Error(`${node.url}: ${(error as Error).message}`, { cause: error });
  }
  return ways.there(api, role, node.host);
}
