/** Which checks a gateway has on, for the operator. Pure. */
import type { Settings } from '../../config/settings.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Check } from '../contract/check.ts';
import type { Learner } from '../contract/learner.ts';
import type { Learnable } from './facts.ts';

export interface JudgingState {
  readonly mode: 'enforce' | 'observe' | 'off';
  readonly checks: readonly CheckState[];
}

export interface CheckState {
  readonly name: string;
  readonly stage: 'rcpt' | 'message';
  readonly roles: readonly ListenerRole[];
  /** What is done with mail that it could not look at. */
  readonly onFault: 'accept' | 'defer';
}

/** A check is on when something is learnt for it, of whom it is about. */
export function judgingStateOf(
  { judge: { mode } }: Settings,
  learners: readonly Learner<Learnable>[],
  checks: readonly Check<Learnable>[],
): JudgingState {
  const learnt = new Map(mode === 'off' ? [] : learners.map(({ name, roles }) => [name, roles]));
  const on = checks.map(({ name, stage, roles, needs, onFault }) => ({
    name,
    stage,
    roles: roles.filter((role) => needs.every((fact) => learnt.get(fact)?.includes(role))),
    onFault,
  }));
  return { mode, checks: on.filter(({ roles }) => roles.length > 0) };
}
