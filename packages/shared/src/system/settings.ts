/**
 * The configuration after reading: defaults applied, units resolved, files not yet opened.
 * Durations are in milliseconds, sizes in bytes. docs/configuration.md describes every key.
 */
import type { TlsLevel } from '../values/next-hop.ts';

export type TlsMode = 'starttls' | 'implicit' | 'none';

export interface ListenSettings {
  /** `host:port`; IPv6 hosts in brackets in the file, without here. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/** One machine of a role. */
export interface NodeSettings {
  /** The name in its greeting, in EHLO to others, in Received. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** Where its partner reaches its HTTP listener, without a path; null when it has none. */
  readonly url: string | null;
}

export interface HostSettings {
  /** The name in the MX record; with a single node, the node's. */
  readonly host: string;
  /** Public addresses of that name, for DNS. */
  readonly addresses: readonly string[];
  /** The machines of the role, at least one. */
  readonly nodes: readonly NodeSettings[];
  readonly spool: string;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly workers: number | 'auto';
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

export interface Settings {
  /** The file they came from, for messages. */
  readonly file: string;
  readonly domains: readonly DomainSettings[];
  readonly inbound: HostSettings & { readonly listen: { readonly mx: readonly ListenSettings[] } };
  readonly outbound: HostSettings & {
    readonly listen: {
      readonly submission: readonly ListenSettings[];
      readonly mx: readonly ListenSettings[];
    };
    /** Networks in CIDR form that may relay without credentials. */
    readonly trusted: readonly string[];
    /** Path of the `name:hash` file, or null. */
    readonly users: string | null;
  };
  readonly recipients: {
    readonly positiveTtlMs: number;
    readonly negativeTtlMs: number;
    /** How long RCPT may wait for a call-forward. */
    readonly timeoutMs: number;
  };
  /** Domain (or `.example.net` for its subdomains, or `*`) → next hop. */
  readonly routes: ReadonlyMap<string, RouteSettings>;
  readonly dns: { readonly servers: readonly string[]; readonly timeoutMs: number };
  readonly pair: { readonly secretFile: string | null };
  /** Which node of its role this machine is, by host; null to go by the machine's name. */
  readonly node: string | null;
  readonly tls: {
    readonly certFile: string | null;
    readonly keyFile: string | null;
    readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  };
  readonly smtp: {
    readonly bareLineEnds: 'reject' | 'normalise';
    readonly maxMessageBytes: number;
    readonly maxRecipients: number;
    readonly maxHops: number;
    /** Pause before the greeting for strangers; trusted submitters never wait. */
    readonly greetingPauseMs: number;
    readonly commandTimeoutMs: number;
    readonly messageTimeoutMs: number;
  };
  readonly limits: {
    readonly connections: number;
    readonly connectionsPerClient: number;
    /** Errors (4xx/5xx replies to the client's faults) before 421. */
    readonly errors: number;
    /** Commands without a completed message before 421. */
    readonly commands: number;
    /** Octets of a message kept in memory before it is written to a file. */
    readonly memoryPerMessageBytes: number;
  };
  readonly queue: {
    readonly retryFirstMs: number;
    readonly retryFactor: number;
    readonly retryMaxMs: number;
    readonly warnAfterMs: number;
    readonly expireMs: number;
    /** Free disk space below which no message is taken into the spool. */
    readonly minFreeBytes: number;
  };
  readonly send: {
    readonly connectionsPerHop: number;
    readonly connectionsTotal: number;
    readonly connectTimeoutMs: number;
    readonly commandTimeoutMs: number;
    readonly messageTimeoutMs: number;
    /** How long the sender's client waits at the final dot for the local server before we queue. */
    readonly relayTimeoutMs: number;
    readonly idleMs: number;
    readonly messagesPerConnection: number;
    /** TLS towards MX hosts. */
    readonly tls: TlsLevel;
  };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** Account to change to after binding when started as root; null to stay. */
  readonly user: string | null;
  readonly group: string | null;
  readonly shutdownTimeoutMs: number;
}
