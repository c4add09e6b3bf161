/**
 * Counts connections in and out around the gateway's own hooks, and those of each user who logged in. A balancer that looks whether
 * we are well is neither counted nor sent away: it would take a gateway that is full for one that is dead.
 */
import type { Settings } from '../../config/settings.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import { countedBy, type ConnectionCounter, type Counted } from './limits.ts';
import type { CountedHooks, SessionHooks } from './session-context.ts';

export function counted(
  hooks: SessionHooks,
  counter: ConnectionCounter,
  limits: Settings['limits'],
): CountedHooks {
  const admitted = new WeakMap<Session, Counted>();
  const users = new WeakMap<Session, string>();
  const { authenticate } = hooks;
  return {
    ...hooks,
    authenticate:
      authenticate &&
      (async (credentials, session) => {
        const { user } = credentials;
        const answer = await authenticate(credentials, session);
        if (answer !== true || !admitted.has(session)) return answer; // it may be gone by now
        forget(session);
        if (!counter.admitUser(user, limits.connectionsPerUser)) {
          hooks.refused(replies.tooManyOfUser, session);
          return replies.tooManyOfUser;
        }
        users.set(session, user);
        return true;
      }),
    connect(session, already) {
      if (already) admitted.set(session, already);
      if (session.isCheck) return hooks.connect(session);
      const refusal = hooks.admit?.(session);
      if (refusal) return refusal;
      if (already) return hooks.connect(session);
      const by = countedBy(session.client.address, session.role === 'mx');
      const answer = counter.admit(by, limits);
      if (answer === 'total') return replies.tooManyConnections;
      if (answer === 'client') return replies.tooManyFromClient;
      if (answer === 'network') return replies.tooManyFromNetwork;
      admitted.set(session, by);
      return hooks.connect(session);
    },
    release,
    closed(session) {
      release(session);
      hooks.closed(session);
    },
  };

  function release(session: Session): void {
    const by = admitted.get(session);
    if (by) counter.release(by);
    admitted.delete(session);
    forget(session);
  }

  function forget(session: Session): void {
    const user = users.get(session);
    if (user !== undefined) counter.releaseUser(user);
    users.delete(session);
  }
}
