/**
 * Checks the planned TXT records other than SPF: DKIM keys (RFC 6376), DMARC (RFC 7489), TLS-RPT (RFC 8460),
 * the MTA-STS record (RFC 8461 §3.1) and further texts of the operator. Pure.
 */
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import { isDkimRecord, isSameDkimKey, parseDkimRecord } from '@mailpair/shared/dns-records/dkim-record';
import { isDmarcRecord } from '@mailpair/shared/dns-records/dmarc-record';
import { isMtaStsRecord } from '@mailpair/shared/dns-records/mta-sts';
import { isSpf } from '@mailpair/shared/dns-records/spf-record';
import { parseTagList } from '@mailpair/shared/dns-records/tag-list';
import { isTlsRptRecord } from '@mailpair/shared/dns-records/tls-rpt-record';
import { plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { follow } from './follow.ts';
import { lineOf } from './record-line.ts';

interface Kind {
  readonly code: string;
  readonly title: string;
  /** Whether a text at the name is a record of this kind. */
  readonly isOne: (text: string) => boolean;
  /** The tags to compare; all tags if absent. */
  readonly tags?: readonly string[];
  readonly whyMissing: string;
  readonly whyOther: string;
  /** Why several records are a fault; absent if several are permitted. */
  readonly whySeveral?: string;
}

const kinds: readonly Kind[] = [
  {
    code: 'dkim',
    title: 'DKIM key',
    isOne: isDkimRecord,
    tags: ['k', 'p'],
    whyMissing: 'Receivers cannot verify what is signed with this key, and treat it as unsigned.',
    whyOther: 'Every signature made with our key fails, and with it DMARC.',
    whySeveral: 'Receivers use any one of them, or none (RFC 6376 §3.6.2.2).',
  },
  {
    code: 'dmarc',
    title: 'DMARC record',
    isOne: isDmarcRecord,
    whyMissing: 'Receivers do not know what to do with forged mail, and large ones require a record.',
    whyOther: 'Receivers do something else than the configuration says, or report elsewhere.',
    whySeveral: 'Receivers then use none of them (RFC 7489 §6.6.3).',
  },
  {
    code: 'tls-rpt',
    title: 'TLS-RPT record',
    isOne: isTlsRptRecord,
    whyMissing: 'Failures of TLS with your hosts are not reported to you.',
    whyOther: 'The reports go elsewhere than the configuration says.',
    whySeveral: 'Senders then report to nobody (RFC 8460 §3).',
  },
  {
    code: 'mta-sts',
    title: 'MTA-STS record',
    isOne: isMtaStsRecord,
    whyMissing: 'Senders do not look for the policy.',
    whyOther:
      'Senders fetch a policy again only if the id changes, so they keep a policy that is not the planned one.',
    whySeveral: 'Senders then take the domain for one without a policy (RFC 8461 §3.1).',
  },
];

const plain: Kind = {
  code: 'text',
  title: 'text',
  isOne: () => true,
  whyMissing: 'Whoever looks for it there does not find it.',
  whyOther: '',
};

export const checkTexts = (given: Given): Finding[] =>
  plannedOf(given.plan, 'TXT').flatMap(({ name, ttl, values }) =>
    values
      .filter((value) => !isSpf(value))
      .flatMap((value) => checkText(given, { name, type: 'TXT', ttl, value })),
  );

function kindOf({ name, value }: DnsRecord<'TXT'>): Kind {
  const isKey = name.includes('._domainkey.');
  // The consent to reports (RFC 7489 §7.1) has the form of a DMARC record but is none.
  const found = name.includes('._report._dmarc.')
    ? undefined
    : kinds.find(({ code, isOne }) => (isKey ? code === 'dkim' : code !== 'dkim' && isOne(value)));
  return found ?? plain;
}

function checkText({ world, waitingKeys }: Given, planned: DnsRecord<'TXT'>): Finding[] {
  const lookup = follow(world, planned.name, 'TXT');
  if (lookup.kind === 'unknown') return [];
  const { name: subject } = planned;
  const { code, title, isOne, tags, whyMissing, whyOther, whySeveral } = kindOf(planned);
  const live = (lookup.kind === 'records' ? lookup.records : []).filter(({ value }) => isOne(value));
  const told = { subject, is: live.map(lineOf), shouldBe: [lineOf(planned)] };
  if (waitingKeys.has(subject) && (live.length === 0 || isSameKey(live, planned))) return [waitingKey(told)];
  if (live.some(({ value }) => value === planned.value) && (live.length === 1 || whySeveral === undefined))
    return [];
  if (live.length === 0 || whySeveral === undefined)
    return [
      fault({
        ...told,
        code: `${code}-missing`,
        problem: `${subject} has no ${title}${whySeveral === undefined ? ` "${planned.value}"` : ''}.`,
        why: whyMissing,
        fix: 'Publish the record.',
        is: [],
      }),
    ];
  if (live.length > 1)
    return [
      fault({
        ...told,
        code: `${code}-several`,
        problem: `${subject} has ${live.length} ${title} records, but only one is permitted.`,
        why: whySeveral,
        fix: 'Keep the planned one only.',
      }),
    ];
  const parse = code === 'dkim' ? parseDkimRecord : parseTagList;
  const [is, shouldBe] = [parse(live[0]?.value ?? ''), parse(planned.value)];
  const differing = [...new Set([...is.keys(), ...shouldBe.keys()])].filter(
    (tag) => is.get(tag) !== shouldBe.get(tag),
  );
  if (differing.length === 0) return [];
  const matters = differing.filter((tag) => tags?.includes(tag) ?? true);
  return [
    matters.length > 0
      ? fault({
          ...told,
          code: code === 'dkim' ? 'dkim-other-key' : `${code}-differs`,
          problem:
            code === 'dkim'
              ? `The DKIM record ${subject} has ${is.get('p') === '' ? 'no key (it is revoked)' : 'another key than the one we sign with'}.`
              : `The ${title} ${subject} differs from the plan in ${matters.join(', ')}.`,
          why: whyOther,
          fix: 'Publish the planned record, or change the configuration if the published one is intended.',
        })
      : remark({
          ...told,
          code: `${code}-tags`,
          problem: `The ${title} ${subject} has the right key, and differs in ${differing.join(', ')}.`,
          why: 'Receivers act on these tags: t=y says that the domain is only testing.',
          fix: 'Publish the planned record unless you meant the other one.',
        }),
  ];
}

const isSameKey = ([live, ...more]: readonly DnsRecord<'TXT'>[], planned: DnsRecord<'TXT'>): boolean =>
  more.length === 0 && isSameDkimKey(live?.value ?? '', planned.value);

/** A key that does not sign yet may be published or not; either is a remark. */
function waitingKey(told: Pick<Finding, 'subject' | 'is' | 'shouldBe'>): Finding {
  const isPublished = told.is.length > 0;
  return remark({
    ...told,
    code: 'dkim-waiting',
    problem: `The DKIM key of ${told.subject} waits: it does not sign yet, and is ${isPublished ? 'published' : 'not published'}.`,
    why: 'No mail depends on it before it is activated.',
    fix: isPublished
      ? 'Run "mailpair dkim activate" to sign with it.'
      : 'Publish the record, then run "mailpair dkim activate".',
  });
}
