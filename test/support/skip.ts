/** A test that cannot run on this machine says why; the reporter prints it and the closing line counts it. */
import type { Context, Runnable, Suite, Test } from 'mocha';

const reasons = new WeakMap<object, string>();

/** Ends the running test, or all tests of the suite when called in its `before`, as skipped. */
export function skipBecause(context: Context, reason: string): never {
  const running: (Runnable & { type?: string }) | undefined = context.test;
  // In a hook, what is skipped is the suite that the hook belongs to.
  if (running) reasons.set(running.type === 'hook' ? (running.parent ?? running) : running, reason);
  return context.skip();
}

/** Why a pending test was skipped: said by itself or by a suite around it. */
export function reasonForSkipping(test: Test): string {
  for (let node: Runnable | Suite | undefined = test; node; node = node.parent) {
    const reason = reasons.get(node);
    if (reason !== undefined) return reason;
  }
  return 'no reason given';
}
