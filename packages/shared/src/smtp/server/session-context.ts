/** What a session is given by its listener: the gateway's hooks and the settings of the moment it began. */
import type { Clock } from '../../platform/time/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import type { Reply } from '../../platform/values/reply.ts';
import type { Client, ListenerRole, Session } from '../../platform/values/session.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import type { ForeignProtocol } from './foreign-protocol.ts';
import type { Counted } from './limits.ts';
import type { MessageRoom } from './message-room.ts';

/** What a client signs in with (RFC 4954). */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly mechanism: 'PLAIN' | 'LOGIN';
}

/** Why: a limit of connections, or a TLS handshake that took too long or failed. */
export type Unserved = 'total' | 'client' | 'network' | 'handshake-timeout' | 'handshake-failed';

/** What a session asks the gateway. Whatever throws or rejects is answered 451 4.3.0 (454 4.7.0 to AUTH). */
export interface SessionHooks {
  /** A peer that has no session: on a listener for balancers it is none, or its PROXY header is no good. */
  turnedAway(reason: string, peer: Client, listener: string): void;
  /** A connection ended before its session began, other than by its PROXY header. */
  unserved(reason: Unserved, client: Client, listener: string): void;
  /** Asked before a client is counted among the connections; a reply refuses it. */
  admit?(session: Session): Reply | null;
  /** The client delivered mail that was taken, not long ago. */
  isKnown?(session: Session): boolean;
  /**
   * Asked before the greeting, after smtp.greetingPause, and again after each wait: in how many ms it is asked again, 0 to greet the
   * client now, or a reply that refuses it.
   */
  greetingTurn?(session: Session): number | Reply;
  /** A client connected; a reply refuses it. */
  connect(session: Session): Reply | null;
  /** The same envelope is given to `rcpt` and `message`. */
  mail(envelope: Omit<Envelope, 'recipients'>, declaredBytes: number, session: Session): Reply;
  rcpt(recipient: Recipient, envelope: Envelope, session: Session): Reply | Promise<Reply>;
  /** A message was deferred because memory runs out. @param sizeBytes as announced, or as far as it had come */
  noRoom?(sizeBytes: number, session: Session): void;
  /** The whole message is here. The reply must not be 2xx before someone is answerable for the message. */
  message(envelope: Envelope, body: Body, session: Session): Promise<Reply>;
  /** The client was told that its message is taken. */
  delivered?(session: Session): void;
  /** Absent where AUTH is not offered. A reply refuses somebody who has the right password. */
  readonly authenticate?:
    ((credentials: Credentials, session: Session) => Promise<boolean | Reply>) | undefined;
  /** A client wanted to sign in to act as another user, which is refused. */
  foreignIdentity?(credentials: Credentials, session: Session): void;
  /** A session was ended by us, or refused its user; `protocol` when its client does not speak SMTP. */
  refused(reply: Reply, session: Session, protocol?: ForeignProtocol): void;
  closed(session: Session): void;
  /** A port that was closed cannot be opened again yet. */
  cannotListen?(error: NodeJS.ErrnoException, listener: string): void;
  /** A connection could not be accepted, for no descriptor was left. */
  cannotAccept?(error: NodeJS.ErrnoException, listener: string): void;
  /** Something of ours threw, or the connection broke. */
  fault(error: unknown, session: Session): void;
}

/** The gateway's hooks, with the connections counted around them. */
export interface CountedHooks extends SessionHooks {
  /** @param already what the connection was counted by before its session began */
  connect(session: Session, already?: Counted): Reply | null;
  /** Counts its connection out before it is closed. */
  release(session: Session): void;
}

/** What all sessions of one listener share. Replaced as a whole on reload. */
export interface SessionContext {
  readonly role: ListenerRole;
  /** The listening address, for logs. */
  readonly name: string;
  /** Our host name. */
  readonly host: string;
  readonly smtp: Settings['smtp'];
  readonly limits: Settings['limits'];
  readonly clock: Clock;
  readonly hooks: CountedHooks;
  readonly offersTls: boolean;
  trusts(address: string): boolean;
  /** For messages of some size, shared by all sessions. */
  readonly room: BlockPool;
  /** Which messages are taken in by the memory that is left. */
  readonly places: MessageRoom;
  /** A fresh path for a message too large for memory. */
  readonly newPath: () => string;
}
