/** SPF, DKIM, ARC and DMARC of one message, and the records in DNS that they ask for: no answer of DNS stops them. */
import {
  composeResults,
  mayPassForOurs,
} from '@mailpair/shared/filter/dkim-dmarc-arc/authentication-results';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { destinationsIn } from '@mailpair/shared/filter/dmarc-reports/destinations';
import { authenticationLearner } from '@mailpair/shared/filter/dkim-dmarc-arc/learn-authentication';
import { spfLearner } from '@mailpair/shared/filter/spf/learn';
import { DnsError } from '@mailpair/shared/platform/dns/resolver';
import { learn } from '../../support/inquiries.ts';
import { must, type TargetFile } from '../target.ts';

/** The records come first, a line each, then an empty line and the message. */
const message = [
  'From: a@sender.test',
  'To: b@example.com',
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.test; s=k; h=from:to; l=2;',
  ' bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA',
  'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.test; s=k; b=AAAA',
  'ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/simple; d=list.test; s=k; h=from; bh=AAAA; b=AAAA',
  'ARC-Authentication-Results: i=1; list.test; spf=pass smtp.mailfrom=sender.test',
  '',
  'x',
  '',
].join('\r\n');

const records = [
  'v=spf1 include:other.test a mx ip4:192.0.2.0/24 exists:%{i}._spf.%{d2} redirect=x.test -all',
  'v=spf1 ip6:2001:db8::/32 a:%{l}.%{o}/24//64 ?all',
  'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC3; t=s',
  'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  'v=DMARC1; p=reject; sp=none; adkim=s; aspf=r; pct=50; rua=mailto:a@b.test!10m,mailto:c@d.test; ruf=x',
];

export const authentication: TargetFile = {
  name: 'authentication',
  open: () => ({
    name: 'authentication',
    seeds: records.map((record) => Buffer.from(`${records.join('\n')}\n${record}\n\n${message}`)),
    words: [
      'v=spf1 ',
      'v=DMARC1; ',
      'v=DKIM1; ',
      'include:',
      'redirect=',
      'exists:',
      'ip4:',
      '%{i}',
      '%{d',
      '%{s10r+-/}',
      'p=',
      'h=from:',
      'b=',
      'bh=',
      'l=',
      'c=simple',
      'd=',
      's=',
      'i=2',
      ';',
      '\r\n ',
      '\n',
      '=',
      'mailto:',
      '-all',
    ],
    longestBytes: 8 * 1024,
    budgetMs: 400,
    isSlow: true,
    async run(input) {
      const text = input.toString('latin1');
      const end = text.indexOf('\n\n');
      const lines = end < 0 ? [text] : text.slice(0, end).split('\n');
      const body = bodyOf(end < 0 ? Buffer.alloc(0) : input.subarray(end + 2));
      const resolver = answering(lines);
      const isStranger = (): boolean => true;
      const learners = [
        spfLearner({ resolver, host: 'mx.example.com', isStranger, patienceMs: () => 5_000 }),
        authenticationLearner({ resolver, isStranger, patienceMs: () => 5_000 }),
      ];
      const learnt = await learn(learners, { body });
      for (const [name, fact] of Object.entries(learnt))
        must(
          fact.kind === 'known' ||
            !('why' in fact) ||
            !/is not a function|undefined|Cannot read/.test(String(fact.why)),
          `${name} ended in a fault of ours`,
          fact,
        );
      checkResults(learnt);
      for (const line of lines)
        for (const { address } of destinationsIn(line))
          must(!/\s/.test(address), 'a report goes to what is no address', address);
    },
  }),
};

function checkResults(learnt: Awaited<ReturnType<typeof learn>>): void {
  const { spf, authentication: known } = learnt;
  const composed = composeResults('mx.example.com', {
    client: '192.0.2.7',
    spf: spf?.kind === 'known' ? spf.value : undefined,
    authentication: known?.kind === 'known' ? known.value : undefined,
  });
  if (composed === undefined) return;
  must(
    /^(?:[ -~]|\r\n\t)*$/.test(composed),
    'Authentication-Results has what a field may not have',
    composed,
  );
  must(
    mayPassForOurs(`Authentication-Results: ${composed}`, ['mx.example.com']),
    'our Authentication-Results is not ours',
    composed,
  );
}

/** Each question has the next of the records as its answer; now and then there is none, or DNS fails. */
function answering(lines: readonly string[]): Parameters<typeof authenticationLearner>[0]['resolver'] {
  let asked = 0;
  const next = (kind: string): string[] => {
    must((asked += 1) < 500, 'DNS is asked without end', kind);
    const line = lines[asked % (lines.length + 2)];
    if (line === undefined)
      throw new DnsError(asked % 3 === 0 ? 'temporary' : 'no-data', 'ENODATA', 'nothing there');
    return [line];
  };
  return {
    resolveTxt: async () => [...next('TXT'), ...next('TXT')],
    resolveAddresses: async (name, families) => (
      next('A'),
      families?.includes(6) === true
        ? ['2001:db8::1']
        : ['192.0.2.1', name.length % 2 === 0 ? '192.0.2.7' : '192.0.2.9']
    ),
    resolveMx: async () =>
      next('MX').map((line, preference) => ({ exchange: line.slice(0, 60), preference })),
    resolvePtr: async () => next('PTR'),
    resolveOddName: async () => next('odd'),
  };
}
