/** Checks that all name servers of a zone serve it with the same records. Pure. */
import { composeData } from '@mailpair/shared/dns-records/rdata';
import { fault } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf } from './record-line.ts';
import type { Given } from './check.ts';
import type { Answer, Lookup } from './world.ts';

export const checkNameServers = ({ world }: Given): Finding[] => [
  ...lameServers(world.asked),
  ...[...world.asked.values()].flatMap(({ question, answers }) =>
    disagreement(`${question.type} ${question.name}`, question.name, answers),
  ),
];

function lameServers(asked: Given['world']['asked']): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { answers } of asked.values())
    for (const { server, lookup } of answers) {
      if (lookup.kind !== 'lame') continue;
      findings.set(
        `${server} ${lookup.zone}`,
        fault({
          code: 'server-lame',
          subject: lookup.zone,
          problem: `${server} is a name server of ${lookup.zone} by its NS records, and ${lookup.why}.`,
          why: 'Resolvers that ask it get no answer and must try the next, which delays mail or loses it for some.',
          fix: `Let ${server} serve the zone, or remove its NS record from the zone and the parent zone.`,
        }),
      );
    }
  return [...findings.values()];
}

function disagreement(what: string, subject: string, answers: readonly Answer[]): Finding[] {
  const said = new Map<string, { readonly servers: string[]; readonly lines: readonly string[] }>();
  for (const { server, lookup } of answers) {
    if (lookup.kind === 'unknown' || lookup.kind === 'lame') continue;
    const key = summaryOf(lookup);
    const same = said.get(key);
    if (same) same.servers.push(server);
    else said.set(key, { servers: [server], lines: linesOf(lookup) });
  }
  if (said.size < 2) return [];
  const groups = [...said.values()];
  return [
    fault({
      code: 'servers-disagree',
      subject,
      problem: `The name servers have different records of ${what}.`,
      why: 'A sender gets the records of a random one; often one server has not received the last change.',
      fix: 'Check that the secondary servers transfer the zone: its serial number must grow with each change.',
      is: groups.flatMap(({ servers, lines }) =>
        (lines.length > 0 ? lines : ['; nothing']).map((line) => `${line} ; ${servers.join(', ')}`),
      ),
    }),
  ];
}

/** Ignores TTLs, which may count down. */
function summaryOf(lookup: Lookup): string {
  if (lookup.kind === 'records') return lookup.records.map(composeData).sort().join('\n');
  return lookup.kind === 'alias' ? `alias ${lookup.record.value}` : 'none';
}

function linesOf(lookup: Lookup): string[] {
  if (lookup.kind === 'records') return lookup.records.map(lineOf).sort();
  return lookup.kind === 'alias' ? [lineOf(lookup.record)] : [];
}
