/**
 * The listeners of a gateway. They are bound before anything else; clients that come
 * before the rest is there are asked to come back.
 */
import { join } from 'node:path';
import { ConnectionCounter } from '../../smtp/server/limits.ts';
import {
  openListener,
  type Listener,
  type ListenerOptions,
  type SessionHooks,
} from '../../smtp/server/listener.ts';
import { Relief } from '../../smtp/server/relief.ts';
import { createNetworks } from '../../platform/network/addresses.ts';
import { turnClock } from '../../platform/time/clock.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { Settings } from '../../config/settings.ts';
import type { HostSettings } from '../../config/sections/role.ts';
import type { Certificate } from '../../config/tls.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Role } from './role.ts';

export interface DoorAddress {
  readonly role: ListenerRole;
  readonly host: string;
  readonly port: number;
}

export interface Doors {
  readonly addresses: readonly DoorAddress[];
  /** Open sessions at all of them. */
  sessions(): number;
  /**
   * Closes the ports for mail from the internet until told to open them; sessions go on. Not those for load balancers,
   * which would take this node out and send its clients to the next.
   */
  setShut(shut: boolean): void;
  /** Closes every port until told to open it, those for load balancers too: they send their clients to other nodes. */
  setDrained(drained: boolean): void;
  /** The sessions that there are end between two messages. */
  endSessions(): void;
  /** From now on clients are served. */
  serve(hooksOf: (role: ListenerRole) => SessionHooks): void;
  reload(settings: Settings, certificate: Certificate, secrets: Secrets): void;
  /** Accepts no more and lets messages under way finish, at most so long. */
  close(deadlineMs: number): Promise<void>;
}

export interface DoorParts {
  /** Of the worker. */
  readonly directory: string;
  readonly reusePort: NonNullable<ListenerOptions['reusePort']>;
  readonly counter: ConnectionCounter;
  readonly room: ListenerOptions['room'];
  readonly places: ListenerOptions['places'];
  /** Nobody is let in before `setDrained(false)`. */
  readonly isDrained: boolean;
}

/** @throws naming the address that cannot be bound, and the fix; then none is */
export async function openDoors(
  role: Role,
  host: HostSettings,
  settings: Settings,
  certificate: Certificate,
  secrets: Secrets,
  { directory, reusePort, counter, room, places, isDrained }: DoorParts,
): Promise<Doors> {
  const served = new Map<ListenerRole, SessionHooks>();
  const relief = new Relief(counter);
  const open: { readonly role: ListenerRole; readonly isProxied: boolean; readonly listener: Listener }[] =
    [];
  const close = async (deadlineMs: number): Promise<void> => {
    await Promise.all(open.map(({ listener }) => listener.close(deadlineMs)));
  };

  type Reloadable = Pick<ListenerOptions, 'smtp' | 'limits' | 'trusts' | 'hooks'>;
  const reloadable = (of: Settings, listenerRole: ListenerRole, { users }: Secrets): Reloadable => {
    const trusted = createNetworks(listenerRole === 'submission' ? role.trusted(of) : []);
    return {
      smtp: of.smtp,
      limits: of.limits,
      trusts: (address) => trusted.has(address),
      hooks: untilServed(() => served.get(listenerRole), listenerRole === 'submission' && users.size > 0),
    };
  };

  try {
    for (const { role: listenerRole, listen } of role.listeners(settings)) {
      const balancers = createNetworks(listen.proxy ?? []);
      const listener = await openListener({
        ...reloadable(settings, listenerRole, secrets),
        isBalancer: (address) => balancers.has(address),
        role: listenerRole,
        host: host.host,
        listen,
        tls: listen.tls === 'none' ? null : certificate.options,
        clock: turnClock,
        counter,
        relief,
        incomingDirectory: join(directory, 'incoming'),
        room,
        places,
        reusePort,
        startsShut: isDrained,
      });
      open.push({ role: listenerRole, isProxied: listen.proxy !== undefined, listener });
    }
  } catch (error) {
    await close(0);
    throw error;
  }

  const shuts = { load: false, drain: isDrained };
  const applyShuts = (): void => {
    for (const { role: listenerRole, isProxied, listener } of open)
      listener.setShut(shuts.drain || (shuts.load && listenerRole === 'mx' && !isProxied));
  };

  return {
    addresses: open.map(({ role: listenerRole, listener }) => ({ role: listenerRole, ...listener.address })),
    sessions: () => counter.total,
    setShut(shut) {
      shuts.load = shut;
      applyShuts();
    },
    setDrained(drained) {
      shuts.drain = drained;
      applyShuts();
    },
    endSessions() {
      for (const { listener } of open) listener.endSessions();
    },
    serve(hooksOf) {
      for (const listenerRole of ['mx', 'submission'] as const)
        served.set(listenerRole, hooksOf(listenerRole));
    },
    reload(next, fresh, nextSecrets) {
      for (const { role: listenerRole, listener } of open)
        listener.reload({ ...reloadable(next, listenerRole, nextSecrets), tls: fresh.options });
    },
    close,
  };
}

function untilServed(served: () => SessionHooks | undefined, authenticates: boolean): SessionHooks {
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
