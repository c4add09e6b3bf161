/** What kept a client from a TLS session with a gateway of the pair, in the operator's words. Pure. */

export interface TlsFault {
  readonly problem: string;
  readonly fix: string;
}

/** @returns undefined if the error is not about TLS */
export function tlsFaultOf(error: unknown): TlsFault | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return faults.find(({ codes }) => codes.test(code));
}

const faults: readonly (TlsFault & { readonly codes: RegExp })[] = [
  {
    codes: /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_SIGNATURE_)/,
    problem: 'the secret of the pair does not vouch for its certificate',
    fix: 'put the same pair.secretFile on every host; if a proxy answers there, name its authority in pair.caFile',
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    problem: 'its certificate is not for the name or address in its url',
    fix: 'put the same mailpair.yaml on every host, then reload both gateways',
  },
  {
    codes: /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|ERR_SSL_HTTP_REQUEST)$/,
    problem: 'it does not speak TLS there',
    fix: 'install the same version on both hosts; if it listens on loopback behind a proxy, write the url of the proxy',
  },
];
