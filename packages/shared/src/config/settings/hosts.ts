/** The machines of the pair: where each listens, and the local servers and next hops it knows by name. */
import type { TlsLevel } from '../../platform/values/next-hop.ts';

export type TlsMode = 'starttls' | 'implicit' | 'none';

export interface ListenSettings {
  /** `host:port`; IPv6 hosts in brackets in the file, without here. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** Networks of the load balancers that connect here, each connection with a PROXY header; absent: clients do. */
  readonly proxy?: readonly string[];
}

/** How much a gateway takes. */
export interface LimitSettings {
  readonly connections: number;
  readonly connectionsPerClient: number;
  readonly connectionsPerNetwork: number;
  readonly connectionsPerUser: number;
  /** Errors (4xx/5xx replies to the client's faults) before 421. */
  readonly errors: number;
  /** Commands without a completed message before 421. */
  readonly commands: number;
  /** Octets of a message kept in memory before it is written to a file. */
  readonly memoryPerMessageBytes: number;
  /** Octets of memory for more of them than that, of all messages together. */
  readonly memoryForMessagesBytes: number;
  /** Octets of memory for all processes of a gateway; 0 for what its container or host allows. */
  readonly memoryBytes: number;
}

/** Shares of what a gateway can take: up to the first it takes every client, and past the second it closes its port. */
export interface LoadSettings {
  readonly budget: number;
  readonly limit: number;
}

/** What a role or a node has in place of what the pair has. */
export interface OwnLimits {
  readonly limits: Partial<LimitSettings>;
  readonly load: Partial<LoadSettings>;
}

/** One machine of a role. */
export interface NodeSettings extends OwnLimits {
  /** The name in its greeting, in EHLO to others, in Received. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** Where its partner reaches its HTTP listener, without a path; null when it has none. */
  readonly url: string | null;
}

export interface HostSettings extends OwnLimits {
  /** The name in the MX record; with a single node, the node's. */
  readonly host: string;
  /** Public addresses of that name, for DNS. */
  readonly addresses: readonly string[];
  /** The machines of the role, at least one. */
  readonly nodes: readonly NodeSettings[];
  readonly spool: string;
  readonly http: { readonly host: string; readonly port: number } | null;
  /** Where load balancers ask for its weight, or null. */
  readonly agent: { readonly host: string; readonly port: number } | null;
  /** The file that tells keepalived its headroom, or null. */
  readonly trackFile: string | null;
  readonly workers: number | 'auto';
  /** Where its connections to others start from, at most one of each family; else the system picks. */
  readonly sourceAddresses: readonly string[];
  /** What others see in place of them, behind NAT. */
  readonly publicSourceAddresses: readonly string[];
}

export interface LocalServerSettings {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly tls: TlsLevel;
  readonly implicitTls: boolean;
}

export type VerifySettings =
  { readonly by: 'callforward' } | { readonly by: 'file'; readonly path: string } | { readonly by: 'none' };

export interface DomainSettings {
  /** Lower-case A-labels. */
  readonly name: string;
  readonly localServers: readonly LocalServerSettings[];
  readonly verify: VerifySettings;
}

export interface RouteSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsLevel;
  readonly implicitTls: boolean;
  readonly auth?: { readonly user: string; readonly passwordFile: string };
}
