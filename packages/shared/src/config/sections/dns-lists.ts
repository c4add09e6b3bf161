/** The keys of lists in DNS: which are asked, and what follows from what they say. */
import { allowList, denyList, domainList } from '../schema/dns-list.ts';
import { choice, decimal, listOf, timer } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration } from '../schema/units.ts';
import type { judgeKeys } from './judge.ts';

export const dnsListKeys = {
  'lists.deny': key(
    listOf(denyList),
    [],
    'Lists in DNS (RFC 5782) of addresses that speak against a client. `score` (3) is added for a listing, or what ' +
      '`codes` has for its code; without `score` codes that are not named count nothing. Codes outside 127.0.0.0/24 ' +
      'count only when named, `*` stands for any octet. `verdict: reject` refuses at RCPT. `name` is shown in place of ' +
      'a zone that holds a key of yours. `test` is an entry that the list has in place of 127.0.0.2.',
    '[zen.example.net, {zone: bl.example.net, score: 4, codes: {"127.0.0.4": 2}, verdict: reject}]',
  ),
  'lists.allow': key(
    listOf(allowList),
    [],
    'The same for lists that speak for a client; scores are below 0 (-3). `verdict: allow` sets scores and lists aside.',
    '[{zone: wl.example.net, codes: {"127.0.*.1": -1, "127.0.*.2": -3, "127.0.*.3": -6}}]',
  ),
  'lists.domains': key(
    listOf(domainList),
    [],
    'Lists in DNS of domains. `ask` says which are looked up: `urls` in the message (alone by default), `sender` (reverse-path), ' +
      '`helo`, `reverse` (the name of the client). `test` is an entry in place of TEST.',
    '[{zone: dbl.example.net, score: 5, codes: {"127.0.1.2": 5}, ask: [urls, sender]}]',
  ),
  'lists.refuseAt': optional(
    decimal(0.1, 1000),
    'Sum over deny and allow lists from which on a client is refused at RCPT; without it only `verdict: reject` does.',
    '8',
  ),
  'lists.onFault': key(
    choice('accept', 'defer'),
    'accept',
    'When a list does not answer: go on without it, or ask the client to come back. One that is switched off never defers.',
    'accept',
  ),
  'lists.timeout': key(timer, '3s', 'How long the answer of one list may take.', '2s'),
  'lists.test': key(timer, '30m', 'How often each list is tested.', '1h'),
  'lists.retest': key(
    timer,
    '1m',
    'How often a list that is switched off or silent is tested, to be asked again.',
    '5m',
  ),
} as const;

/** What a refused client is told is fetched after the answer, within a second. */
const TEXT_MS = 1_000;

export function checkDnsLists(
  { lists, judge }: SettingsOf<typeof dnsListKeys & typeof judgeKeys>,
  findings: Findings,
): void {
  const first = new Map<string, string>();
  for (const group of ['deny', 'allow', 'domains'] as const)
    lists[group].forEach(({ name }, index) => {
      const at = `lists.${group}[${index}]`;
      const taken = first.get(name);
      if (taken === undefined) first.set(name, at);
      else
        findings.fault(at, name, `is the name of ${taken} too`, 'remove one, or give it a name of its own');
    });
  if (first.size === 0 || lists.timeoutMs + TEXT_MS < judge.rcptBudgetMs) return;
  const longest = formatDuration(Math.max(0, judge.rcptBudgetMs - TEXT_MS));
  findings.warn(
    'lists.timeout',
    formatDuration(lists.timeoutMs),
    'leaves no second of judge.rcptBudget, so that one slow list hides what the others say',
    `write less than ${longest}, or make judge.rcptBudget longer`,
  );
}
