/** The keys of engines beside us: ClamAV and rspamd, each with its servers and what follows from what it says. */
import { engineServer } from '../schema/engine-server.ts';
import { choice, count, decimal, file, listOf, size, text, timer } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration, formatSize } from '../schema/units.ts';
import { score } from '../schema/score.ts';
import type { judgeKeys } from './judge.ts';
import type { smtpKeys } from './smtp.ts';

const role = choice('mx', 'submission');

export const engineKeys = {
  'clamav.servers': key(
    listOf(engineServer(3310)),
    [],
    'Where clamd listens, by TCP or a unix socket; none: no message is scanned. Several share the mail, and each stands in ' +
      'for another that is down. A message is sent to them in the clear: let them be on this host or a network of yours.',
    '["unix:/run/clamav/clamd.ctl", "192.0.2.30:3310"]',
  ),
  'clamav.roles': key(
    listOf(role),
    ['mx', 'submission'],
    'Whose mail is scanned: that of the internet (mx), that of submitters (submission).',
    '[mx]',
  ),
  'clamav.virus': key(
    choice('reject', 'quarantine'),
    'reject',
    'What becomes of a message with a virus: refused in the session, or kept in quarantine.',
    'quarantine',
  ),
  'clamav.suspicious': key(
    choice('reject', 'quarantine', 'score'),
    'quarantine',
    'The same for what is only suspicious, see `clamav.suspiciousNames`; `score` adds `clamav.suspiciousScore`. ' +
      'What is quarantined is held in the queue where it is of a submitter.',
    'score',
  ),
  'clamav.suspiciousNames': key(
    listOf(text),
    ['Heuristics.', 'PUA.'],
    'How the names of signatures begin that prove no virus.',
    '[Heuristics., PUA., Sanesecurity.]',
  ),
  'clamav.suspiciousScore': key(
    score,
    4,
    'With `clamav.suspicious: score`: what is added to the score.',
    '4',
  ),
  'clamav.onFault': key(
    choice('accept', 'defer'),
    'defer',
    'When no clamd answers: ask the client to come back, or take the message as it is; either way the log says so.',
    'accept',
  ),
  'clamav.maxSize': key(
    size('1KB'),
    '25MB',
    'Larger messages are not sent to clamd. StreamMaxLength, MaxScanSize and MaxFileSize in clamd.conf must be as much.',
    '50MB',
    { at: 'clamav.maxBytes' },
  ),
  'clamav.tooBig': key(
    choice('accept', 'quarantine', 'reject'),
    'quarantine',
    'What becomes of a message that is larger, or that clamd finds too large.',
    'accept',
  ),
  'clamav.timeout': key(timer, '15s', 'How long one clamd may take for a message.', '10s'),
  'clamav.connections': key(
    count(1, 1000),
    10,
    'Messages that one clamd scans at a time; others wait. At most MaxThreads in clamd.conf.',
    '12',
  ),
  'clamav.retest': key(timer, '5s', 'How often a clamd that is down is asked whether it is back.', '5s'),
  'rspamd.servers': key(
    listOf(engineServer(11333)),
    [],
    "Where rspamd's normal worker listens; none: it is not asked. Several share the mail, and each stands in for another " +
      'that is down.',
    '["127.0.0.1:11333"]',
  ),
  'rspamd.roles': key(
    listOf(role),
    ['mx'],
    'About whose mail it is asked: that of the internet (mx), that of submitters (submission).',
    '[mx, submission]',
  ),
  'rspamd.passwordFile': optional(
    file('engine password'),
    'File with the password that rspamd asks for, where it does.',
    '/etc/mailpair/rspamd.password',
  ),
  'rspamd.follow': key(
    choice('action', 'score'),
    'action',
    'What counts of its answer. action: reject and quarantine are our verdict, soft reject defers, add header and rewrite ' +
      'subject add `rspamd.markScore`, greylist counts nothing. score: its score times `rspamd.weight` is added to ours.',
    'score',
  ),
  'rspamd.reject': key(
    choice('reject', 'quarantine'),
    'reject',
    'With `rspamd.follow: action`: what becomes of a message that it would reject.',
    'quarantine',
  ),
  'rspamd.markScore': key(score, 4, 'With `rspamd.follow: action`: the score of what it would mark.', '4'),
  'rspamd.weight': key(
    decimal(0, 100),
    0.8,
    'With `rspamd.follow: score`: what its score is multiplied by. It rejects at 15 unless told otherwise, we at 12.',
    '0.5',
  ),
  'rspamd.onFault': key(
    choice('accept', 'defer'),
    'accept',
    'When no rspamd answers: go on without it, or ask the client to come back.',
    'defer',
  ),
  'rspamd.maxSize': key(size('1KB'), '25MB', 'About larger messages it is not asked.', '10MB', {
    at: 'rspamd.maxBytes',
  }),
  'rspamd.timeout': key(timer, '15s', 'How long one rspamd may take for a message.', '10s'),
  'rspamd.connections': key(count(1, 1000), 20, 'Messages that one rspamd has at a time; others wait.', '50'),
  'rspamd.retest': key(timer, '5s', 'How often an rspamd that is down is asked whether it is back.', '5s'),
} as const;

type WithEngines = SettingsOf<typeof engineKeys & typeof judgeKeys & typeof smtpKeys>;

export function checkEngines(settings: WithEngines, findings: Findings): void {
  const { clamav, judge, smtp } = settings;
  for (const engine of ['clamav', 'rspamd'] as const) {
    const { servers, timeoutMs, roles } = settings[engine];
    const first = new Map<string, string>();
    servers.forEach(({ name }, index) => {
      const at = `${engine}.servers[${index}]`;
      const taken = first.get(name);
      if (taken === undefined) first.set(name, at);
      else findings.fault(at, name, `is ${taken} too`, 'remove one');
    });
    if (servers.length === 0) continue;
    if (roles.length === 0)
      findings.warn(
        `${engine}.roles`,
        '[]',
        'is empty, so that no message is looked at',
        'write [mx], or remove the servers',
      );
    if (timeoutMs >= judge.messageBudgetMs)
      findings.warn(
        `${engine}.timeout`,
        formatDuration(timeoutMs),
        'is not below judge.messageBudget, so that no other server is asked when one is silent',
        `write less than ${formatDuration(judge.messageBudgetMs)}, or make judge.messageBudget longer`,
      );
  }
  if (clamav.servers.length === 0 || clamav.maxBytes >= smtp.maxMessageBytes) return;
  const become = { accept: 'taken unscanned', quarantine: 'quarantined unscanned', reject: 'refused' }[
    clamav.tooBig
  ];
  findings.warn(
    'clamav.maxSize',
    formatSize(clamav.maxBytes),
    `is below smtp.maxMessage (${formatSize(smtp.maxMessageBytes)}): messages between them are ${become} (clamav.tooBig)`,
    'make them the same, and StreamMaxLength in clamd.conf as much',
  );
}
