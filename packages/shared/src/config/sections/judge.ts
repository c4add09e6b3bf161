/** The keys of the verdict: whether mail is judged, for how long facts are waited for, what a score leads to. */
import { choice, listOf, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { policy, senderEntry } from '../schema/policies.ts';
import { rule } from '../schema/rules.ts';
import { score } from '../schema/score.ts';

export const judgeKeys = {
  'judge.mode': key(
    choice('enforce', 'observe', 'off'),
    'enforce',
    'What verdicts do: enforce acts on them; observe judges and refuses nothing by it; off judges ' +
      'nothing but loops.',
    'observe',
  ),
  'judge.rcptBudget': key(
    timer,
    '5s',
    'How long RCPT may wait for what is to be learnt of client and sender.',
    '5s',
  ),
  'judge.messageBudget': key(
    timer,
    '20s',
    'How long the end of DATA may wait for what is to be learnt of a message.',
    '30s',
  ),
  'judge.tagAt': key(score, 4, 'Score from which on a message is marked as spam in its header.', '4'),
  'judge.quarantineAt': key(score, 7, 'Score from which on a message is kept in quarantine.', '7'),
  'judge.rejectAt': key(
    score,
    12,
    'Score from which on a message is refused in the session. A finding may name a verdict of its own; the strictest of that ' +
      'and of the verdict by the score applies. Only what allows a message sets its score aside, and a check that could not ' +
      'run and defers is waited for.',
    '12',
  ),
  'judge.allow': key(
    listOf(senderEntry),
    [],
    'Senders whose mail is taken whatever it looks like: addresses, domains, `.example.net` for subdomains, networks. A name ' +
      'counts only where it is proven: that of the reverse-path by SPF, that of From by DMARC. `unproven: true` takes it at its word.',
    '[partner.example, 192.0.2.0/24, {sender: news@list.example, unproven: true}]',
  ),
  'judge.block': key(
    listOf(senderEntry),
    [],
    'Senders whose mail is refused, proven or not. A policy of the recipient that allows them goes before.',
    '[spam.example, .spam.example]',
  ),
  'judge.policies': key(
    listOf(policy),
    [],
    'What recipients want, by address or domain; an address goes before its domain, and both before what is for all. ' +
      'Thresholds may be `never`. Allow and block lists add up: the nearest that names the sender decides.',
    '[{for: [example.com], rejectAt: 8}, {for: [abuse@example.com], rejectAt: never, quarantineAt: never, allow: [partner.example]}]',
  ),
  'judge.rules': key(
    listOf(rule),
    [],
    'Your own rules: where all of `when` holds, and not all of `unless`, `score` is added or `verdict` follows (allow, reject, ' +
      'defer, quarantine, hold, discard). Conditions: sender, recipient, client, helo, subject, header, attachment, ' +
      'attachmentType, spf, dmarc, found (rules of other checks), largerThan; of a list one is enough, `*` is any text. `on` is [mx], ' +
      '[submission] or both.',
    '[{name: no-iso, when: {attachment: "*.iso"}, unless: {spf: pass, sender: partner.example}, verdict: quarantine}]',
  ),
} as const;
