/**
 * The common part of the verbs `balancer nginx`, `balancer envoy` and `balancer f5`: their options, and the
 * plan for the role.
 */
import {
  nodeNotes,
  planBalancer,
  proxyNotes,
  type BalancerPlan,
} from '@mailpair/planner/balancers/balancer-plan';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { choiceOption, expectOperands, UsageError } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';
import { roleNames } from '@mailpair/shared/platform/values/role-name';

export const balancedOptions = {
  role: { type: 'string' },
  drain: { type: 'string', multiple: true },
} as const;

export const balancedOptionsHelp = `  --role ROLE     inbound (the default) or outbound
  --drain NODE    this node gets no new clients and finishes those it has; may be repeated`;

export interface BalancedRolePlan {
  readonly plan: BalancerPlan;
  /** The keys that the configuration of the pair still lacks, each a sentence. */
  readonly notes: readonly string[];
}

/** @throws UsageError */
export function planOfRole(args: VerbArgs, io: Io): BalancedRolePlan {
  expectOperands(args, 0, 0);
  const role = choiceOption(args, 'role', roleNames) ?? 'inbound';
  const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
  const drained = [args.options['drain'] ?? []].flat().map(String);
  const plan = planBalancer(settings, role, 'proxied', drained);
  checkDrained(plan, drained);
  return { plan, notes: [...proxyNotes(settings, role), ...nodeNotes(settings, role)] };
}

function checkDrained({ role, nodes }: BalancerPlan, drained: readonly string[]): void {
  const names = nodes.map(({ name }) => name);
  const unknown = drained.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${unknown} is no node of ${role}; --drain is one of ${names.join(', ')}`);
  if (nodes.every(({ isDrained }) => isDrained))
    throw new UsageError(`--drain names every node of ${role}, so no node would accept mail; leave one out`);
}
