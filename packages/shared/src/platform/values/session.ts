/** What is known of one connection. */

/** What a listener is for: mail from the internet to hosted domains, or mail from our submitters to anywhere. */
export type ListenerRole = 'mx' | 'submission';

export interface Client {
  /** IPv4 or IPv6 literal, an IPv4-mapped address already reduced to IPv4. */
  readonly address: string;
  readonly port: number;
}

export interface Session {
  readonly id: string;
  readonly role: ListenerRole;
  /** The address the client connected to, `192.0.2.10:25`; behind a balancer that tells it, the balancer's. */
  readonly listener: string;
  readonly client: Client;
  /** The load balancer that the client came through; absent when it came by itself. */
  readonly balancer?: string;
  /** It is the balancer's own connection, which looks whether we are well. */
  readonly isCheck?: boolean;
  /** It spoke before it was greeted. */
  readonly spokeEarly?: boolean;
  /** The argument of HELO or EHLO; '' before it. */
  readonly helo: string;
  readonly esmtp: boolean;
  readonly tls?: { readonly version: string; readonly cipher: string };
  /** The name the client authenticated as. */
  readonly user?: string;
  /** The client is in a network that may relay without credentials; never one that a balancer does not name. */
  readonly trusted: boolean;
}
