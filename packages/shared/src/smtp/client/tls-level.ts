/**
 * What follows when TLS with a next hop has failed.
 *
 * Opportunistic TLS gives way to a plain session, and the hop is known as one without TLS for a while, with the
 * reason (RFC 7435 §3); a password never goes over such a session. Any other level holds the message back and
 * says why.
 */
import type { NextHop, TlsLevel } from '../../platform/values/next-hop.ts';
import type { Reply } from '../../platform/values/reply.ts';

/** How long a hop is spared the handshake that failed. */
export const PLAIN_FOR_MS = 10 * 60_000;

export interface PlainHop {
  readonly reason: string;
  readonly untilMs: number;
}

export type TlsStep =
  { readonly kind: 'plain'; readonly hop: PlainHop } | { readonly kind: 'defer'; readonly reply: Reply };

export function stepAfterTlsFailure(hop: NextHop, reason: string, nowMs: number): TlsStep {
  if (mayGoPlain(hop)) return { kind: 'plain', hop: { reason, untilMs: nowMs + PLAIN_FOR_MS } };
  return { kind: 'defer', reply: { code: 451, enhanced: '4.7.5', text: `${reason}; ${whyHeld(hop)}` } };
}

/** The level to use with a hop now. */
export function tlsLevelNow(hop: NextHop, known: PlainHop | undefined, nowMs: number): TlsLevel {
  return known && nowMs < known.untilMs && mayGoPlain(hop) ? 'none' : hop.tls;
}

/**
 * The hop as a message with REQUIRETLS may use it (RFC 8689 §4.2.1): its certificate must be valid. A hop that the
 * operator set to `encrypt` is trusted with the certificate it has.
 */
export function requiringTls(hop: NextHop): NextHop {
  return hop.tls === 'encrypt' ? hop : { ...hop, tls: 'verify' };
}

const mayGoPlain = (hop: NextHop): boolean => hop.tls === 'opportunistic' && !hop.implicitTls && !hop.auth;

function whyHeld({ tls, implicitTls, auth }: NextHop): string {
  if (tls === 'opportunistic' && implicitTls)
    return 'this port speaks TLS only, so there is no plain session to fall back to';
  if (tls === 'opportunistic' && auth) return 'the password for this hop is not sent without TLS';
  return `the TLS level for this hop is "${tls}", so nothing is sent without it`;
}
