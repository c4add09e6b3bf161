/**
 * The configuration after reading: defaults applied, units resolved, files not yet opened.
 * Durations are in milliseconds, sizes in bytes. docs/configuration.md describes every key.
 */
import type { TlsLevel } from '../platform/values/next-hop.ts';
import type {
  AuthenticationSettings,
  DkimSettings,
  DmarcReportSettings,
  MarkSettings,
} from './settings/authentication.ts';
import type { ClientSettings, GreylistSettings, HarvestSettings, RateSettings } from './settings/clients.ts';
import type { AttachmentSettings, BayesSettings, ContentSettings } from './settings/content.ts';
import type { ListsSettings } from './settings/dns-lists.ts';
import type { ClamavSettings, RspamdSettings } from './settings/engines.ts';
import type {
  DomainSettings,
  HostSettings,
  LimitSettings,
  ListenSettings,
  LoadSettings,
  RouteSettings,
} from './settings/hosts.ts';
import type { PolicySettings, RuleSettings, SenderLists } from './settings/policies.ts';
import type { PublishSettings } from './settings/publish.ts';
import type { SubmitterSettings } from './settings/submitters.ts';

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
      /** Where the listener of a published address is reached from here. */
      readonly look: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
      readonly floor: number;
    };
  };
  readonly publish: PublishSettings;
  readonly dkim: DkimSettings;
  readonly pair: {
    /** Without it there are no heartbeats. */
    readonly secretFile: string | null;
    /** Of the authority that https partners are checked by; null for those the runtime knows. */
    readonly caFile: string | null;
    readonly intervalMs: number;
    readonly deadAfterMs: number;
  };
  /** The HTTP listeners: `loopback`, `partner` or networks that may read metrics and details without the token. */
  readonly http: { readonly allow: readonly string[] };
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
  readonly limits: LimitSettings;
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
  readonly lists: ListsSettings;
  readonly clients: ClientSettings;
  readonly content: ContentSettings;
  readonly attachments: AttachmentSettings;
  readonly clamav: ClamavSettings;
  readonly rspamd: RspamdSettings;
  readonly bayes: BayesSettings;
  readonly rates: RateSettings;
  readonly harvest: HarvestSettings;
  readonly greylist: GreylistSettings;
  readonly authentication: AuthenticationSettings;
  readonly dmarcReports: DmarcReportSettings;
  readonly marks: MarkSettings;
  readonly submitters: SubmitterSettings;
  /** Shares of what this gateway can do; gateway/pair/admission.ts says what happens at each. */
  readonly load: LoadSettings & { readonly shed: boolean; readonly submissionWaitMs: number };
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
    /** Whether a message may go by BDAT to hosts that the operator named. */
    readonly chunking: 'auto' | 'never';
    /** TLS towards MX hosts. */
    readonly tls: TlsLevel;
    /** Networks in CIDR form, beyond the internet, where mail may go to hosts that DNS names. */
    readonly privateDestinations: readonly string[];
  };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  readonly shutdownTimeoutMs: number;
  /** How long the listeners stay open while the gateway is drained; null: by what sends clients here. */
  readonly drain: { readonly closeAfterMs: number | null };
  readonly workers: {
    /** 0: never. */
    readonly hangAfterMs: number;
  };
  /** Every key as it was read, by its path: what partners compare. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Every key as it is written, passwords masked; empty where the file could not be read as a whole. */
  readonly written: Readonly<Record<string, string>>;
}
