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
import type { ListenSettings } from '../../config/schema/listen-settings.ts';
import type { HostSettings } from '../../config/sections/role.ts';
import type { Certificate } from '../../config/tls.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Role, RoleListener } from './role.ts';
import { untilServed } from './until-served.ts';

export interface DoorAddress {
  readonly role: ListenerRole;
  readonly host: string;
  readonly port: number;
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

interface Door extends RoleListener {
  readonly listener: Listener;
}

/** @throws naming the address that cannot be bound, and the fix; then none is */
export async function openDoors(
  role: Role,
  host: HostSettings,
  settings: Settings,
  certificate: Certificate,
  secrets: Secrets,
  parts: DoorParts,
): Promise<Doors> {
  const doors = new Doors(role, host, parts);
  try {
    for (const { role: listenerRole, listen } of role.listeners(settings))
      await doors.open(listenerRole, listen, settings, certificate, secrets);
  } catch (error) {
    await doors.close(0);
    throw error;
  }
  return doors;
}

export class Doors {
  readonly #role: Role;
  readonly #host: HostSettings;
  readonly #parts: DoorParts;
  readonly #relief: Relief;
  readonly #doors: Door[] = [];
  readonly #served = new Map<ListenerRole, SessionHooks>();
  #isShut = false;
  #isDrained: boolean;

  constructor(role: Role, host: HostSettings, parts: DoorParts) {
    this.#role = role;
    this.#host = host;
    this.#parts = parts;
    this.#relief = new Relief(parts.counter);
    this.#isDrained = parts.isDrained;
  }

  /** One more. */
  async open(
    role: ListenerRole,
    listen: ListenSettings,
    settings: Settings,
    certificate: Certificate,
    secrets: Secrets,
  ): Promise<void> {
    const { directory, isDrained, ...shared } = this.#parts;
    const balancers = createNetworks(listen.proxy ?? []);
    const listener = await openListener({
      ...shared,
      ...this.#reloadable(role, settings, secrets),
      isBalancer: (address) => balancers.has(address),
      role,
      host: this.#host.host,
      listen,
      tls: listen.tls === 'none' ? null : certificate.options,
      clock: turnClock,
      relief: this.#relief,
      incomingDirectory: join(directory, 'incoming'),
      startsShut: isDrained,
    });
    this.#doors.push({ role, listen, listener });
  }

  get addresses(): readonly DoorAddress[] {
    return this.#doors.map(({ role, listener }) => ({ role, ...listener.address }));
  }

  /** Open sessions at all of them. */
  readonly sessions = (): number => this.#parts.counter.total;

  /**
   * Closes the ports for mail from the internet until told to open them; sessions go on. Not those for load balancers,
   * which would take this node out and send its clients to the next.
   */
  readonly setShut = (shut: boolean): void => {
    this.#isShut = shut;
    this.#applyShuts();
  };

  /** Closes every port until told to open it, those for load balancers too: they send their clients to other nodes. */
  setDrained(drained: boolean): void {
    this.#isDrained = drained;
    this.#applyShuts();
  }

  /** The sessions that there are end between two messages. */
  endSessions(): void {
    for (const { listener } of this.#doors) listener.endSessions();
  }

  /** From now on clients are served. */
  serve(hooksOf: (role: ListenerRole) => SessionHooks): void {
    for (const role of ['mx', 'submission'] as const) this.#served.set(role, hooksOf(role));
  }

  reload(settings: Settings, certificate: Certificate, secrets: Secrets): void {
    for (const { role, listener } of this.#doors)
      listener.reload({ ...this.#reloadable(role, settings, secrets), tls: certificate.options });
  }

  /** Accepts no more and lets messages under way finish, at most so long. */
  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.#doors.map(({ listener }) => listener.close(deadlineMs)));
  }

  #applyShuts(): void {
    for (const { role, listen, listener } of this.#doors)
      listener.setShut(this.#isDrained || (this.#isShut && role === 'mx' && listen.proxy === undefined));
  }

  #reloadable(
    role: ListenerRole,
    settings: Settings,
    { users }: Secrets,
  ): Pick<ListenerOptions, 'smtp' | 'limits' | 'trusts' | 'hooks'> {
    const isSubmission = role === 'submission';
    const trusted = createNetworks(isSubmission ? this.#role.trusted(settings) : []);
    return {
      smtp: settings.smtp,
      limits: settings.limits,
      trusts: (address) => trusted.has(address),
      hooks: untilServed(() => this.#served.get(role), isSubmission && users.size > 0),
    };
  }
}
