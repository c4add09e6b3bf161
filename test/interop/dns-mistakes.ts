/** Deliberate mistakes in a planned zone, as edits of its text; an edit that changes nothing fails. */
import { expect } from 'chai';

export interface Mistake {
  readonly zone?: (text: string) => string;
  /** Of the zone of 192.0.2.0/24. */
  readonly reverse?: (text: string) => string;
  readonly args?: readonly string[];
}

export const same = (text: string): string => text;

const replace =
  (from: string, to: string) =>
  (text: string): string => {
    expect(text).to.include(from);
    return text.replaceAll(from, to);
  };

const swap = (one: string, other: string) => (text: string) =>
  text.replaceAll(one, '\0').replaceAll(other, one).replaceAll('\0', other);

const without = (line: RegExp) => (text: string) => {
  const lines = text.split('\n');
  const rest = lines.filter((each) => !line.test(each));
  expect(rest.length).to.be.lessThan(lines.length);
  return rest.join('\n');
};

const add =
  (...lines: readonly string[]) =>
  (text: string) =>
    `${text}\n${lines.join('\n')}\n`;

/** SPF records of which each includes the next. */
const chain = (length: number): string[] =>
  Array.from({ length }, (_, index) => {
    const next = index + 1 < length ? `include:i${index + 2}.example.com ` : '';
    return `i${index + 1}.example.com. 300 IN TXT "v=spf1 ${next}-all"`;
  });

/** What was done, the codes of all faults that come of it (sorted), and how it is done. */
export const mistakes: readonly (readonly [title: string, codes: readonly string[], mistake: Mistake])[] = [
  ['no MX records', ['mx-missing'], { zone: without(/\tMX\t/) }],
  ['the second MX missing', ['mx-host-missing'], { zone: without(/\tMX\t20 /) }],
  ['the MX preferences swapped', ['mx-swapped'], { zone: swap('MX\t10 ', 'MX\t20 ') }],
  ['equal MX preferences', ['mx-equal'], { zone: replace('MX\t20 ', 'MX\t10 ') }],
  [
    'a third host among the MX records',
    ['mx-foreign'],
    { zone: add('example.com. 300 IN MX 5 old.example.com.', 'old.example.com. 300 IN A 192.0.2.9') },
  ],
  [
    'an MX host that is an alias',
    ['mx-cname'],
    {
      zone: (text) =>
        add('mx-out.example.com. 300 IN CNAME www.example.com.')(without(/^mx-out\.example\.com\./)(text)),
    },
  ],
  ['a null MX', ['mx-null'], { zone: (text) => add('example.com. 300 IN MX 0 .')(without(/\tMX\t/)(text)) }],
  [
    'the second MX host without its address',
    ['address-missing'],
    { zone: without(/^mx-out\.example\.com\.\t\d+\tIN\tA\t/) },
  ],
  ['another address besides', ['address-other'], { zone: add('mx-in.example.com. 300 IN A 192.0.2.99') }],
  ['no SPF', ['spf-missing'], { zone: without(/^example\.com\..*"v=spf1/) }],
  ['two SPF records', ['spf-several'], { zone: add('example.com. 300 IN TXT "v=spf1 mx -all"') }],
  ['SPF that forgets outbound', ['spf-misses-host'], { zone: replace(' ip4:192.0.2.20', '') }],
  [
    'SPF with more than ten look-ups',
    ['spf-lookups'],
    {
      zone: (text) =>
        add(...chain(11))(
          text.replace('"v=spf1 ip4:192.0.2.20', '"v=spf1 include:i1.example.com ip4:192.0.2.20'),
        ),
    },
  ],
  ['SPF that lets everybody send', ['spf-all'], { zone: replace('~all"', '+all"') }],
  ['SPF that is stricter than planned', ['spf-all-differs'], { zone: replace('~all"', '-all"') }],
  ['no PTR record', ['ptr-missing'], { reverse: without(/^20\.2\.0/) }],
  [
    'a PTR record with another name than EHLO',
    ['ptr-mismatch'],
    { reverse: replace('mx-out.example.com.', 'host20.provider.example.') },
  ],
  ['no DKIM record', ['dkim-missing'], { zone: without(/_domainkey/) }],
  ['the DKIM record of another key', ['dkim-other-key'], { zone: replace('p=MII', 'p=MIJ') }],
  ['no DMARC record', ['dmarc-missing'], { zone: without(/^_dmarc/) }],
  [
    'two DMARC records',
    ['dmarc-several'],
    { zone: add('_dmarc.example.com. 300 IN TXT "v=DMARC1; p=reject"') },
  ],
  ['no TLS-RPT record', ['tls-rpt-missing'], { zone: without(/^_smtp\._tls/) }],
  ['a stale MTA-STS id', ['mta-sts-differs'], { zone: replace('v=STSv1; id=', 'v=STSv1; id=0') }],
  ['no TLSA record of the second MX', ['tlsa-missing'], { zone: without(/^_25\._tcp\.mx-out/) }],
  [
    'the TLSA record of another key at the second MX',
    ['tlsa-differs', 'tlsa-mismatch'],
    {
      zone: (text) =>
        text.replace(/^(_25\._tcp\.mx-out\S*\t\d+\tIN\tTLSA\t3 1 1 ).*$/m, `$1${'0a'.repeat(32)}`),
    },
  ],
  ['no CAA records', ['caa-missing'], { zone: without(/\tCAA\t/) }],
  ['a TTL too long for a planned move', ['ttl-too-long'], { args: ['--move'] }],
];
