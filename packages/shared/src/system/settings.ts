/**
 * The configuration after reading: defaults applied, units resolved, files not yet opened.
 * Durations are in milliseconds, sizes in bytes. docs/configuration.md describes every key.
 */
import type { ContentFault } from '../values/content-faults.ts';
import type { TlsLevel } from '../values/next-hop.ts';
import type { PolicySettings, RuleSettings, SenderLists } from './policy-settings.ts';
import type { Rate } from '../values/rate.ts';
import type { SubmitterLimits } from '../values/submitter.ts';

export type TlsMode = 'starttls' | 'implicit' | 'none';

export interface ListenSettings {
  /** `host:port`; IPv6 hosts in brackets in the file, without here. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** Networks of the load balancers that connect here, each connection with a PROXY header; absent: clients do. */
  readonly proxy?: readonly string[];
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
  /** Where load balancers ask for its weight, or null. */
  readonly agent: { readonly host: string; readonly port: number } | null;
  /** The file that tells keepalived its headroom, or null. */
  readonly trackFile: string | null;
  readonly workers: number | 'auto';
  /** Where its connections to others start from, at most one of each family; else the system picks. */
  readonly sourceAddresses: readonly string[];
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

/** A list in DNS of addresses (RFC 5782). */
export interface DnsListSettings {
  /** Shown in place of the zone; unique. */
  readonly name: string;
  readonly zone: string;
  /** Added for a listing whose code is not named; below 0 where it speaks for who is listed. */
  readonly score: number;
  /** `127.0.0.4`, `127.0.*.3`; the first that fits counts. */
  readonly codes: readonly { readonly code: string; readonly score: number }[];
  readonly verdict: 'score' | 'reject' | 'allow';
  /** What it lists for tests; null for the entry of RFC 5782. */
  readonly test: string | null;
}

export interface DomainListSettings extends DnsListSettings {
  readonly ask: readonly ('urls' | 'sender' | 'helo' | 'reverse')[];
}

/** Where an engine listens: as `connect` of node:net takes it. */
export type EnginePlace = { readonly path: string } | { readonly host: string; readonly port: number };

export interface EngineServerSettings {
  /** As it is shown. */
  readonly name: string;
  readonly place: EnginePlace;
}

/** What every engine beside us has. */
export interface EngineSettings {
  /** None: it is not asked. */
  readonly servers: readonly EngineServerSettings[];
  readonly roles: readonly ('mx' | 'submission')[];
  readonly onFault: 'accept' | 'defer';
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly retestMs: number;
}

export interface ClamavSettings extends EngineSettings {
  readonly virus: 'reject' | 'quarantine';
  /** Of signatures whose name begins with one of `suspiciousNames`. */
  readonly suspicious: 'reject' | 'quarantine' | 'score';
  readonly suspiciousNames: readonly string[];
  readonly suspiciousScore: number;
  readonly tooBig: 'accept' | 'quarantine' | 'reject';
}

export interface RspamdSettings extends EngineSettings {
  readonly passwordFile: string | null;
  readonly follow: 'action' | 'score';
  readonly reject: 'reject' | 'quarantine';
  readonly markScore: number;
  readonly weight: number;
}

/** Rules of one submitter, by its name or its network; what is absent is as for all. */
export interface SubmitterException {
  readonly name?: string;
  readonly network?: string;
  readonly domains?: readonly string[];
  readonly by?: 'sender' | 'host';
  readonly limits: Partial<SubmitterLimits>;
}

export interface SubmitterSettings {
  /** Where they may send from; null for the hosted domains and the names below them. */
  readonly domains: readonly string[] | null;
  /** Whose From is looked at. */
  readonly from: 'users' | 'all' | 'none';
  /** For whom mail of a trusted host is counted. */
  readonly by: 'sender' | 'host';
  readonly limited: 'all' | 'users' | 'none';
  readonly limits: SubmitterLimits;
  readonly exceptions: readonly SubmitterException[];
}

/** What is made of SPF, DKIM, ARC and DMARC. Scores are 0 for what does not count. */
export interface AuthenticationSettings {
  readonly check: boolean;
  readonly onFault: 'accept' | 'defer';
  /** Those with a slash are networks, the others domains. */
  readonly forwarders: readonly string[];
  readonly sealers: readonly string[];
  readonly spf: {
    readonly refuse: boolean;
    readonly fail: number;
    readonly softfail: number;
    readonly permerror: number;
    readonly none: number;
  };
  readonly dmarc: {
    readonly obey: boolean;
    readonly fail: number;
    readonly lists: 'obey' | 'quarantine' | 'score';
    readonly noDomain: number;
  };
  readonly spoofing: { readonly verdict: 'score' | 'quarantine' | 'reject'; readonly score: number };
  readonly lookalike: {
    readonly domain: number;
    readonly name: number;
    readonly otherAddress: number;
    readonly except: readonly string[];
  };
}

/** The classifier that learns from spam and ham. */
export interface BayesSettings {
  readonly mode: 'mx' | 'all' | 'off';
  /** Of each kind, before it judges. */
  readonly minimum: number;
  readonly halfLifeMs: number;
  readonly maxTokens: number;
  readonly sure: number;
  readonly veryLikely: number;
  readonly likely: number;
  readonly ham: number;
  readonly onFault: 'accept' | 'defer';
}

/** What DNS is told beyond addresses and MX. */
export interface PublishSettings {
  /** DNS zones; a hosted domain in none of them is a zone of its own. */
  readonly zones: readonly string[];
  readonly ttlMs: number;
  readonly addressTtlMs: number;
  readonly spf: {
    readonly terms: readonly string[];
    readonly all: 'fail' | 'softfail' | 'neutral';
  };
  /** Name → texts that stand there besides the planned ones. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly dmarc: {
    readonly policy: 'off' | 'none' | 'quarantine' | 'reject';
    readonly rua: readonly string[];
  };
  readonly mtaSts: {
    readonly mode: 'off' | 'none' | 'testing' | 'enforce';
    readonly maxAgeMs: number;
    /** The web server that serves the policy, or null. */
    readonly host: string | null;
  };
  readonly tlsRpt: { readonly rua: readonly string[] };
  readonly tlsa: boolean;
  /** PEM files whose keys are published besides that of tls.certFile. */
  readonly certificates: readonly string[];
  readonly caa: readonly string[];
}

export interface Settings {
  /** The file they came from, for messages. */
  readonly file: string;
  readonly domains: readonly DomainSettings[];
  readonly inbound: HostSettings & {
    readonly listen: {
      /** For local servers while outbound is down; outbound says who may submit. */
      readonly submission: readonly ListenSettings[];
      readonly mx: readonly ListenSettings[];
    };
  };
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
  readonly dns: {
    readonly servers: readonly string[];
    readonly timeoutMs: number;
    /** For `balancer dns-rr`. */
    readonly update: {
      /** The primary of the zone; null when addresses are not kept in DNS. */
      readonly server: { readonly host: string; readonly port: number } | null;
      readonly zone: string | null;
      readonly keyFile: string | null;
      readonly ttlMs: number;
      readonly intervalMs: number;
      readonly checkMs: number;
      readonly floor: number;
    };
  };
  readonly publish: PublishSettings;
  readonly dkim: {
    /** Directory of DOMAIN/SELECTOR.pem. */
    readonly keys: string;
    /** What becomes of a message that should be signed and cannot be. */
    readonly onFault: 'send' | 'defer';
    /** Whether a hosted domain without an active key is a fault too. */
    readonly require: boolean;
    /** How often DNS is asked for the keys that sign; 0 for never. */
    readonly watchMs: number;
    /** How long the record of a key stays in DNS after it last signed. */
    readonly keepRetiredMs: number;
  };
  readonly pair: {
    /** Without it there are no heartbeats. */
    readonly secretFile: string | null;
    /** Of the authority that https partners are checked by; null for those the runtime knows. */
    readonly caFile: string | null;
    readonly intervalMs: number;
    readonly deadAfterMs: number;
  };
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
    /** What becomes of a client that speaks before it. */
    readonly earlyTalkers: 'refuse' | 'score';
    readonly commandTimeoutMs: number;
    readonly messageTimeoutMs: number;
  };
  readonly limits: {
    readonly connections: number;
    readonly connectionsPerClient: number;
    readonly connectionsPerNetwork: number;
    /** Errors (4xx/5xx replies to the client's faults) before 421. */
    readonly errors: number;
    /** Commands without a completed message before 421. */
    readonly commands: number;
    /** Octets of a message kept in memory before it is written to a file. */
    readonly memoryPerMessageBytes: number;
  };
  /** Scores are sums of what the findings of the checks count. */
  readonly judge: SenderLists & {
    readonly mode: 'enforce' | 'observe' | 'off';
    readonly rcptBudgetMs: number;
    readonly messageBudgetMs: number;
    readonly tagAt: number;
    readonly quarantineAt: number;
    readonly rejectAt: number;
    readonly policies: readonly PolicySettings[];
    readonly rules: readonly RuleSettings[];
  };
  readonly records: { readonly keepMs: number; readonly maxBytes: number };
  readonly quarantine: { readonly keepMs: number; readonly maxBytes: number };
  readonly lists: {
    readonly deny: readonly DnsListSettings[];
    readonly allow: readonly DnsListSettings[];
    readonly domains: readonly DomainListSettings[];
    readonly refuseAt: number | null;
    readonly onFault: 'accept' | 'defer';
    readonly timeoutMs: number;
    readonly testMs: number;
    readonly retestMs: number;
  };
  /** Scores of what the names of a client look like. */
  readonly clients: {
    readonly noName: number;
    readonly unconfirmedName: number;
    readonly genericName: number;
    readonly refuseOurName: boolean;
    readonly ourName: number;
    readonly hostedName: number;
    readonly wrongAddress: number;
    readonly bareWord: number;
    readonly unknownName: number;
    readonly earlyTalker: number;
  };
  readonly content: {
    /** What each fault of form counts. */
    readonly scores: Readonly<Record<ContentFault, number>>;
    readonly refuse: readonly ContentFault[];
    readonly onFault: 'accept' | 'defer';
  };
  /** Rules as `values/attachment-rules.ts` reads them. */
  readonly attachments: {
    readonly refuse: readonly string[];
    readonly quarantine: readonly string[];
    readonly suspect: readonly string[];
    readonly score: number;
    readonly unopened: 'accept' | 'quarantine' | 'reject';
    /** They are for mail of submitters too. */
    readonly submitters: boolean;
    readonly onFault: 'accept' | 'defer';
    readonly depth: number;
    readonly unpackBytes: number;
  };
  readonly clamav: ClamavSettings;
  readonly rspamd: RspamdSettings;
  readonly bayes: BayesSettings;
  /** What a stranger may do in a time; null for without limit. */
  readonly rates: {
    readonly connectionsPerClient: Rate | null;
    readonly connectionsPerNetwork: Rate | null;
    readonly messagesPerClient: Rate | null;
    readonly messagesPerNetwork: Rate | null;
    readonly messagesPerSender: Rate | null;
    readonly recipientsPerClient: Rate | null;
    /** Networks that are neither limited nor banned, besides private addresses and those of the pair. */
    readonly exempt: readonly string[];
  };
  readonly harvest: {
    /** Unknown recipients that a client may ask for at once, and in `refillMs`; 0 for any number. */
    readonly credit: number;
    readonly refillMs: number;
    readonly tarpitMs: number;
    readonly tarpitSessions: number;
    readonly banMs: number;
  };
  readonly greylist: {
    readonly mode: 'off' | 'suspicious' | 'everyone';
    readonly suspiciousAt: number;
    readonly delayMs: number;
    readonly windowMs: number;
    readonly keepMs: number;
  };
  readonly authentication: AuthenticationSettings;
  /** Aggregate reports of what DMARC said. */
  readonly dmarcReports: {
    readonly collect: boolean;
    readonly keepMs: number;
    readonly send: boolean;
    readonly from: string | null;
  };
  /** What is written into the header of mail from the internet. */
  readonly marks: {
    readonly results: boolean;
    readonly verdict: 'always' | 'tagged' | 'never';
    /** Which messages get a set of ARC fields. */
    readonly seal: 'changed' | 'always' | 'never';
    readonly subject: string | null;
  };
  readonly submitters: SubmitterSettings;
  /** Shares of what this gateway can do; pair/admission.ts says what happens at each. */
  readonly load: { readonly budget: number; readonly limit: number; readonly shed: boolean };
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
  /** Every key as it was read, by its path: what partners compare. */
  readonly keys: Readonly<Record<string, unknown>>;
}
