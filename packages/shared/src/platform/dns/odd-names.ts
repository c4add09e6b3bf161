/**
 * Names in DNS that node:dns refuses to ask for: any printable ASCII may stand in a label (RFC 2181 §11), and macros of SPF make
 * such names of mail addresses. Each server is asked in turn, over dns-query.ts; nothing is remembered.
 */
import { DnsSilence, dnsServerAt, queryDns, type DnsValue } from './dns-query.ts';

export type OddType = 'A' | 'AAAA' | 'MX' | 'TXT';

export type OddAnswer =
  | { readonly kind: 'no-such-domain' | 'no-data' }
  | { readonly kind: 'answer'; readonly values: readonly DnsValue[] }
  | { readonly kind: 'temporary'; readonly reason: string };

/** Whether a name can be asked for, though not by node:dns. */
export const isOddName = (name: string): boolean =>
  /[^a-z0-9_.-]/i.test(name) &&
  name.length <= 253 &&
  name.split('.').every((label) => /^[ -~]{1,63}$/.test(label));

export async function askOddName(
  servers: readonly string[],
  name: string,
  type: OddType,
  timeoutMs: number,
): Promise<OddAnswer> {
  const faults: string[] = [];
  for (const server of servers) {
    const at = dnsServerAt(server);
    if (!at) continue;
    try {
      const asked = { timeoutMs: timeoutMs / servers.length, recursion: true };
      const { rcode, records } = await queryDns(at, { name, type }, asked);
      if (rcode === 'NXDOMAIN') return { kind: 'no-such-domain' };
      if (rcode === 'NOERROR') {
        const values = records.filter((record) => record.type === type).map(({ value }) => value);
        return values.length === 0 ? { kind: 'no-data' } : { kind: 'answer', values };
      }
      faults.push(`${rcode} from ${server}`);
    } catch (error) {
      if (!(error instanceof DnsSilence)) throw error;
      faults.push(error.message);
    }
  }
  return { kind: 'temporary', reason: faults.join(', ') };
}
