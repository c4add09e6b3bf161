/** The capacities of the nodes behind a balancer, from the command line or from the nodes. */
import { askDetails } from '@mailpair/shared/gateway/compose/ask-details';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { weightsOf } from '@mailpair/shared/gateway/pair/capacity';
import type { Weights } from '@mailpair/planner/balancers/format-haproxy';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import type { Settings } from '@mailpair/shared/config/settings';
import { UsageError, type VerbArgs } from '../framework/verb.ts';

export const capacityOptions = {
  ask: { type: 'boolean' },
  capacity: { type: 'string', multiple: true },
} as const;

export const capacityHelp = `  --ask          ask each node for its capacity, learnt or measured
  --capacity NODE=N
                 messages per second that the node can take; once for each node`;

const ASK_MS = 5_000;

interface Node extends NodeSettings {
  readonly role: RoleName;
}

/**
 * Empty if no capacities are requested.
 *
 * @throws UsageError, or an error that names a node whose capacity is unknown
 */
export async function weightsOfNodes(
  args: VerbArgs,
  settings: Settings,
  roles: readonly RoleName[],
): Promise<Weights> {
  const given = [args.options['capacity'] ?? []].flat().map(String);
  const isAsked = args.options['ask'] === true;
  if (given.length > 0 && isAsked) throw new UsageError('--ask asks the nodes: leave --capacity out');
  if (given.length === 0 && !isAsked) return new Map();
  const nodes = roleNames
    .filter((role) => roles.includes(role))
    .flatMap((role) => settings[role].nodes.map((node): Node => ({ ...node, role })));
  const capacities = isAsked
    ? await Promise.all(nodes.map((node) => askCapacity(node, settings)))
    : capacitiesIn(given, nodes);
  const weights = weightsOf(capacities);
  return new Map(nodes.map(({ host }, index) => [host, weights[index]!]));
}

function capacitiesIn(given: readonly string[], nodes: readonly Node[]): number[] {
  const byNode = new Map<string, number>();
  const names = nodes.map(({ host }) => host);
  for (const item of given) {
    const [, name = '', number] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(item) ?? [];
    if (!(Number(number) > 0)) throw new UsageError(`--capacity is like ${names[0]}=400, not ${item}`);
    if (!names.includes(name))
      throw new UsageError(`${name} is no node here; --capacity is for ${names.join(', ')}`);
    byNode.set(name, Number(number));
  }
  const missing = names.find((name) => !byNode.has(name));
  if (missing !== undefined)
    throw new UsageError(`--capacity ${missing}=N is missing: name the capacity of every node, or of none`);
  return names.map((name) => byNode.get(name)!);
}

async function askCapacity({ role, ...node }: Node, settings: Settings): Promise<number> {
  const { host } = node;
  const details = (await askDetails(role, node, settings, ASK_MS)) as { messagesPerSecond?: unknown };
  const { messagesPerSecond } = details;
  if (typeof messagesPerSecond === 'number' && messagesPerSecond > 0) return messagesPerSecond;
  throw new Error(
    `${host} does not know its capacity yet: run "mailpair capacity" there, or name it with --capacity ${host}=N`,
  );
}
