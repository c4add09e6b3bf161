/** TLS-RPT records (RFC 8460 §3). Pure. */

export const tlsRptName = (domain: string): string => `_smtp._tls.${domain}`;

export const isTlsRptRecord = (text: string): boolean => /^v=TLSRPTv1\s*;/.test(text);

/** @param rua URIs of those who get reports */
export const composeTlsRptRecord = (rua: readonly string[]): string => `v=TLSRPTv1; rua=${rua.join(',')}`;
