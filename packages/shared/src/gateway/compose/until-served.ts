/** The hooks of a listener whose gateway may still be starting: clients that come before are asked to come back. */
import type { SessionHooks } from '../../smtp/server/listener.ts';
import { replies } from '../../platform/values/reply.ts';

/** @param served the gateway's hooks, once it has started */
export function untilServed(served: () => SessionHooks | undefined, authenticates: boolean): SessionHooks {
  const ready = (): SessionHooks => {
    const hooks = served();
    if (!hooks) throw new Error('the gateway is still starting');
    return hooks;
  };
  return {
    turnedAway: (...facts) => served()?.turnedAway(...facts),
    unserved: (...facts) => served()?.unserved(...facts),
    admit: (session) => served()?.admit?.(session) ?? null,
    isKnown: (session) => served()?.isKnown?.(session) ?? false,
    greetingTurn: (session) => served()?.greetingTurn?.(session) ?? 0,
    cannotAccept: (...facts) => served()?.cannotAccept?.(...facts),
    cannotListen: (...facts) => served()?.cannotListen?.(...facts),
    connect: (session) => {
      const hooks = served();
      return hooks ? hooks.connect(session) : replies.starting;
    },
    mail: (envelope, declaredBytes, session) => ready().mail(envelope, declaredBytes, session),
    rcpt: (recipient, envelope, session) => ready().rcpt(recipient, envelope, session),
    message: (envelope, body, session) => ready().message(envelope, body, session),
    noRoom: (...facts) => served()?.noRoom?.(...facts),
    delivered: (session) => served()?.delivered?.(session),
    authenticate: authenticates ? (...facts) => ready().authenticate!(...facts) : undefined,
    foreignIdentity: (...facts) => served()?.foreignIdentity?.(...facts),
    refused: (...facts) => served()?.refused(...facts),
    closed: (...facts) => served()?.closed(...facts),
    fault: (...facts) => served()?.fault(...facts),
  };
}
