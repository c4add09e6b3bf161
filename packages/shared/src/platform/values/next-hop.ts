/** Where a message is handed to. */

/**
 * - `none`: never STARTTLS
 * - `opportunistic`: STARTTLS when offered, any certificate; plain when the handshake fails (RFC 7435)
 * - `encrypt`: TLS or no delivery, any certificate
 * - `verify`: TLS with a certificate that is valid for the host name, or no delivery
 */
export type TlsLevel = 'none' | 'opportunistic' | 'encrypt' | 'verify';

export interface NextHop {
  /** Name or address literal without brackets; for MX hosts the MX name. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsLevel;
  /** TLS from the first byte (RFC 8314), as opposed to STARTTLS. */
  readonly implicitTls: boolean;
  readonly auth?: { readonly user: string; readonly password: string };
  /** The owner of a domain named it, by MX, address or literal, and not the operator: it is to be found in the internet. */
  readonly fromDns?: true;
}

/** The name under which connections and limits of one next hop are kept. */
export function nextHopKey({ host, port, tls, implicitTls, auth, fromDns }: NextHop): string {
  const user = auth ? `${auth.user}@` : '';
  return `${implicitTls ? 'smtps' : 'smtp'}://${user}${host}:${port}/${tls}${fromDns ? '/dns' : ''}`;
}
