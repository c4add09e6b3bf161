/**
 * How the client of a session signs in (AUTH): the user base is asked, and what fails too often ends the session.
 *
 * Nobody may act for somebody else: an authorisation identity that is given must be the user itself (RFC 4616 §2). That is
 * decided before the password is looked at, so the reply says nothing about it.
 */
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import type { Credentials, SessionHooks } from './session-context.ts';

type Hooks = Pick<SessionHooks, 'authenticate' | 'foreignIdentity' | 'fault'>;

/** After so many that failed the session is closed. */
const MOST_TRIES = 3;

export class SignIn {
  /** The client waits for an answer to its password. */
  isUnderWay = false;
  readonly #hooks: Hooks;
  readonly #session: Session;
  #triesLeft = MOST_TRIES;
  #reply: Reply | null = null;

  constructor(hooks: Hooks, session: Session) {
    this.#hooks = hooks;
    this.#session = session;
  }

  /** @returns a reply that refuses; null when the client is the user now */
  async try(credentials: Credentials, authorisationIdentity: string): Promise<Reply | null> {
    const isForeign = authorisationIdentity !== '' && authorisationIdentity !== credentials.user;
    const answer = isForeign ? this.#refuseIdentity(credentials) : await this.#askUserBase(credentials);
    if (answer === true) return null;
    if (answer !== replies.authFault) this.#triesLeft -= 1;
    return (this.#reply = this.#triesLeft > 0 ? answer || replies.authFailed : replies.tooManyTries);
  }

  /** What smtp-server is about to say of it, with an enhanced code that it does not know; null the second time. */
  takeReply(): Reply | null {
    const reply = this.#reply;
    this.#reply = null;
    return reply;
  }

  #refuseIdentity(credentials: Credentials): Reply {
    this.#hooks.foreignIdentity?.(credentials, this.#session);
    return replies.foreignIdentity;
  }

  async #askUserBase(credentials: Credentials): Promise<boolean | Reply> {
    this.isUnderWay = true;
    try {
      return (await this.#hooks.authenticate?.(credentials, this.#session)) ?? false;
    } catch (error) {
      this.#hooks.fault(error, this.#session);
      return replies.authFault;
    } finally {
      this.isUnderWay = false;
    }
  }
}
