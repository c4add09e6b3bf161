/**
 * Checks that the MX records of each domain name both gateways, inbound first, and no other host (RFC 5321
 * §5.1). Pure.
 */
import type { MxValue, RecordSet } from '@mailpair/shared/dns-records/records';
import { plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf, linesOf } from './record-line.ts';

type Set = Extract<RecordSet, { readonly type: 'MX' }>;

export const checkMx = (given: Given): Finding[] =>
  plannedOf(given.plan, 'MX').flatMap((planned) => checkSet(given, planned));

function checkSet(given: Given, planned: Set): Finding[] {
  const lookup = given.world.lookup(planned.name, 'MX');
  const shouldBe = linesOf(planned);
  switch (lookup.kind) {
    case 'unknown':
      return [];
    case 'alias':
      return [
        fault({
          code: 'mx-alias',
          subject: planned.name,
          problem: `${planned.name} is an alias of ${lookup.record.value}, so it has no MX records of its own.`,
          why: 'Mail for the domain is delivered to the MX of the other name and bypasses the pair.',
          fix: `Remove the CNAME; give ${planned.name} its own records.`,
          is: [lineOf(lookup.record)],
          shouldBe,
        }),
      ];
    case 'none':
      return [
        fault({
          code: 'mx-missing',
          subject: planned.name,
          problem: `${planned.name} has no MX records.`,
          why: 'Mail goes to the address of the domain itself if it has one, and back to the sender if not.',
          fix: 'Publish both records.',
          shouldBe,
        }),
      ];
    case 'records': {
      const is = lookup.records.map(lineOf);
      const live = lookup.records.map(({ value }) => value);
      return judgeMx(given, planned, live).map((finding) => ({ ...finding, is, shouldBe }));
    }
  }
}

function judgeMx(given: Given, planned: Set, live: readonly MxValue[]): Finding[] {
  const { name: subject } = planned;
  if (live.some(({ exchange }) => exchange === ''))
    return [
      fault({
        code: 'mx-null',
        subject,
        problem: `${subject} has a null MX, which states that it accepts no mail.`,
        why: 'Every sender bounces the message at once (RFC 7505).',
        fix: 'Replace it by the records of the pair.',
      }),
    ];
  return [
    ...judgeMissing(given, planned, live),
    ...judgeForeign(given, planned, live),
    ...judgeOrder(given, planned, live),
  ];
}

const judgeMissing = (
  { roleOf }: Given,
  { name: subject, values }: Set,
  live: readonly MxValue[],
): Finding[] =>
  values
    .filter(({ exchange }) => preferenceOf(live, exchange) === undefined)
    .map(({ exchange }) =>
      fault({
        code: 'mx-host-missing',
        subject,
        problem: `${exchange} (${roleOf(exchange)}) is not among the MX records of ${subject}.`,
        why:
          roleOf(exchange) === 'inbound'
            ? 'All mail comes in at outbound, the backup.'
            : 'When inbound is down or full, mail waits at its senders instead of coming in at outbound.',
        fix: `Add the record of ${exchange}.`,
      }),
    );

function judgeForeign(
  { namesOf }: Given,
  { name: subject, values }: Set,
  live: readonly MxValue[],
): Finding[] {
  const ours = values.map(({ exchange }) => exchange);
  return live
    .filter(({ exchange }) => !ours.includes(exchange))
    .map(({ exchange }) =>
      ours.length === 1 && namesOf(ours[0]!).includes(exchange)
        ? sameAddress(subject, exchange)
        : foreign(subject, exchange, ours),
    );
}

const foreign = (subject: string, exchange: string, ours: readonly string[]): Finding =>
  fault({
    code: 'mx-foreign',
    subject,
    problem: `${exchange} is an MX of ${subject}, and is neither inbound nor outbound.`,
    why: 'Mail that is delivered there bypasses both gateways: it is not filtered, or is lost.',
    fix: `Remove the record of ${exchange}; the MX hosts of the pair are ${ours.join(' and ')}.`,
  });

/** The exchange is another name of the machines that the planned MX leads to. */
const sameAddress = (subject: string, exchange: string): Finding =>
  fault({
    code: 'mx-same-address',
    subject,
    problem: `${exchange} is a further MX of ${subject}, and has the same address as the first one.`,
    why: 'It provides no redundancy: a sender that could not deliver tries the same address again at once.',
    fix: `Remove the record of ${exchange}.`,
  });

/** Reports the first two consecutive planned hosts whose published preferences are in the wrong order. */
function judgeOrder({ roleOf }: Given, planned: Set, live: readonly MxValue[]): Finding[] {
  const { name: subject } = planned;
  const found = planned.values
    .map(({ exchange, preference }) => ({ exchange, preference, is: preferenceOf(live, exchange) }))
    .filter((host): host is typeof host & { is: number } => host.is !== undefined);
  for (const first of found)
    for (const second of found) {
      if (first.preference >= second.preference || first.is < second.is) continue;
      const [before, after] = [first, second].map(({ exchange }) => `${exchange} (${roleOf(exchange)})`);
      const fix = `Give ${first.exchange} the lower number.`;
      return first.is > second.is
        ? [
            fault({
              code: 'mx-swapped',
              subject,
              problem: `The MX records of ${subject} are swapped: ${after} is preferred to ${before}.`,
              why: 'The lower number is tried first, so the backup receives all mail.',
              fix,
            }),
          ]
        : [
            fault({
              code: 'mx-equal',
              subject,
              problem: `${before} and ${after} have the same MX preference ${first.is}.`,
              why: 'Senders choose one at random (RFC 5321 §5.1), so the backup receives half of the mail.',
              fix,
            }),
          ];
    }
  if (found.every(({ is, preference }) => is === preference)) return [];
  return [
    remark({
      code: 'mx-preference',
      subject,
      problem: `The MX records of ${subject} have the planned order, with other numbers.`,
      why: 'Only the order matters.',
      fix: 'No action is needed.',
    }),
  ];
}

/** The lowest preference, in case a host has several. */
function preferenceOf(live: readonly MxValue[], host: string): number | undefined {
  const all = live.filter(({ exchange }) => exchange === host).map(({ preference }) => preference);
  return all.length === 0 ? undefined : Math.min(...all);
}
