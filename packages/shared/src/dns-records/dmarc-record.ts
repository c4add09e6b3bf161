/** DMARC records (RFC 7489 §6.3). Pure. */

export interface DmarcRecord {
  readonly policy: 'none' | 'quarantine' | 'reject';
  /** URIs of those who get aggregate reports. */
  readonly rua: readonly string[];
}

export const dmarcName = (domain: string): string => `_dmarc.${domain}`;

export const isDmarcRecord = (text: string): boolean => /^v=DMARC1\s*(?:;|$)/.test(text);

export const composeDmarcRecord = ({ policy, rua }: DmarcRecord): string =>
  ['v=DMARC1', `p=${policy}`, ...(rua.length > 0 ? [`rua=${rua.join(',')}`] : [])].join('; ');

/** §7.1: by this text in its own zone a domain agrees to get reports about another one. */
export const REPORT_CONSENT = 'v=DMARC1';
