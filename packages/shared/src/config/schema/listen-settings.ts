/** A listener, as it is configured. */

export type TlsMode = 'starttls' | 'implicit' | 'none';

export interface ListenSettings {
  /** `host:port`; IPv6 hosts in brackets in the file, without here. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** Networks of the load balancers that connect here, each connection with a PROXY header; absent: clients do. */
  readonly proxy?: readonly string[];
}
