/** What can be wrong with a host, as opposed to what it says about a message; and why no session came about. */
import { isPermanent, type Reply } from '../../platform/values/reply.ts';
import type { Stage } from './classify.ts';

/**
 * refused: nobody listens · timeout: no answer in time · unavailable: it said so, by greeting, EHLO, AUTH or 421 ·
 * tls: no TLS where it is required · dns: its name has no usable address · lost: the session broke.
 */
export type FaultKind = 'refused' | 'timeout' | 'unavailable' | 'tls' | 'dns' | 'lost';

export interface HostFault {
  readonly kind: FaultKind;
  /** Theirs, or ours when they gave none. */
  readonly reply: Reply;
}

export type ConnectStage = Extract<Stage, 'connect' | 'greeting' | 'ehlo' | 'tls' | 'auth'>;

/** No session with a host. */
export class ConnectError extends Error {
  override name = 'ConnectError';
  readonly stage: ConnectStage;
  readonly kind: FaultKind;
  /** What the host said, or what is said of its addresses; absent when there is nothing. */
  readonly reply: Reply | undefined;
  /** The IP address of this machine that the host was connected from; absent when there was no connection. */
  source?: string;
  /** The host did not answer with a 5xx. For the message it is temporary all the same. */
  readonly temporary: boolean;

  constructor(stage: ConnectStage, kind: FaultKind, message: string, reply?: Reply) {
    super(message);
    this.stage = stage;
    this.kind = kind;
    this.reply = reply;
    this.temporary = !reply || reply.code < 500;
  }
}

/** There is no address to go to. A 5xx is for what DNS has proven. */
export class NoAddress extends Error {
  override name = 'NoAddress';
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.text);
    this.reply = reply;
  }
}

/** Whether DNS has proven that mail cannot go to the host. */
export const isProven = ({ kind, reply }: HostFault): boolean => kind === 'dns' && isPermanent(reply);

/** RFC 3463 §3.5: no answer from host; bad connection; directory failure; cryptographic failure. */
const ENHANCED: Readonly<Record<FaultKind, string>> = {
  refused: '4.4.1',
  timeout: '4.4.1',
  unavailable: '4.3.2',
  tls: '4.7.5',
  dns: '4.4.3',
  lost: '4.4.2',
};

export function faultReply(kind: FaultKind, text: string): Reply {
  return { code: 451, enhanced: ENHANCED[kind], text };
}

/**
 * What a recipient is told when no session came about. A refusal of our password is told in our words: theirs alone
 * would read as if it were about the recipient.
 */
export function hostFault({ stage, kind, reply, message }: ConnectError): HostFault {
  const said = stage === 'greeting' || stage === 'ehlo' || kind === 'dns' ? reply : undefined;
  return { kind, reply: said && said.code > 0 ? said : faultReply(kind, message) };
}
