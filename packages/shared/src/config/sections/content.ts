/** The keys of what is made of a message's form and of its attachments. */
import { contentFaults, isContentFault, type ContentFault } from '../../platform/values/content-faults.ts';
import { faultOfRule } from '../../platform/values/attachment-rules.ts';
import { describe } from '../schema/findings.ts';
import { choice, count, listOf, size, yesNo } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { nearestName } from '../schema/nearest-name.ts';
import { score } from '../schema/score.ts';

const faults = Object.keys(contentFaults) as ContentFault[];

const scores: Format<ReadonlyMap<ContentFault, number>> = {
  name: 'scores of faults',
  expects: 'a mapping of faults to scores: { no-date: 2 }',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${scores.expects}`);
    const read = new Map<ContentFault, number>();
    for (const [name, value] of raw as Map<unknown, unknown>) {
      const fault = describe(name);
      const path = `${at}.${fault}`;
      const counts = score.read(value, path, findings);
      if (isContentFault(fault)) read.set(fault, counts ?? 0);
      else
        findings.fault(
          path,
          value,
          'is no fault that is looked for',
          `write ${nearestName(fault, faults) ?? faults.join(', ')}`,
        );
    }
    return read;
  },
};

const attachment: Format<string> = {
  name: 'attachment rule',
  expects: 'a name such as "*.iso", a type such as application/x-msdownload, or is:exe',
  read(raw, at, findings) {
    const problem = typeof raw === 'string' ? faultOfRule(raw) : 'is no text';
    if (typeof raw === 'string' && problem === undefined) return raw.toLowerCase();
    return findings.fault(at, raw, problem ?? '', `write ${attachment.expects}`);
  },
};

export const contentKeys = {
  'content.scores': key(
    scores,
    new Map(),
    `Scores of faults of a message's form, where they are to count otherwise than here: ${faults
      .map((fault) => `${fault} ${contentFaults[fault]}`)
      .join(', ')}.`,
    '{ no-date: 2, hidden-text: 0 }',
  ),
  'content.refuse': key(
    listOf(choice(...faults)),
    [],
    'Faults for which a message is refused, whoever sends it.',
    '[duplicate-from, parts-after-end]',
  ),
  'content.onFault': key(
    choice('accept', 'defer'),
    'defer',
    'When a message could not be read because the gateway is busy or a file is missing: ask the client to come back, or go on ' +
      'without it. A message that exceeds the bounds of one message is no such fault: see attachments.unopened.',
    'defer',
  ),
  'attachments.refuse': key(
    listOf(attachment),
    [],
    'Attachments for which a message is refused: a name (`*.iso`), a declared type (`application/x-*`), or what was found: ' +
      '`is:exe` by its first octets, `is:executable`, `is:disguised` (a program under the name of a document), ' +
      '`is:double-extension`, `is:right-to-left`, `is:encrypted`, `is:macros`, `is:bomb`, `is:unopened`. Files within ' +
      'archives count.',
    '["*.iso", is:executable, is:macros]',
  ),
  'attachments.quarantine': key(
    listOf(attachment),
    ['is:disguised', 'is:double-extension', 'is:right-to-left', 'is:bomb'],
    'Attachments for which a message is kept in quarantine.',
    '[is:executable, is:encrypted]',
  ),
  'attachments.suspect': key(
    listOf(attachment),
    ['is:executable'],
    'Attachments for which attachments.score is added.',
    '[is:executable, is:macros]',
  ),
  'attachments.score': key(score, 4, 'Score of a message with suspect attachments, however many.', '5'),
  'attachments.unopened': key(
    choice('accept', 'quarantine', 'reject'),
    'quarantine',
    'When an attachment could not be opened, or not all of it: encrypted, damaged, too deep, too large, too many files, of a ' +
      'kind that is not opened here.',
    'reject',
  ),
  'attachments.submitters': key(
    yesNo,
    false,
    'Whether all this is for mail of submitters too. What would go to quarantine is then held in the queue.',
    'true',
  ),
  'attachments.onFault': key(
    choice('accept', 'defer'),
    'defer',
    'When a message could not be read because the gateway is busy or a file is missing: ask the client to come back, or take it ' +
      'as it is.',
    'defer',
  ),
  'attachments.depth': key(count(0, 10), 3, 'Archives within each other that are opened; 0 opens none.', '5'),
  'attachments.unpack': key(
    size('1MB'),
    '100MB',
    'How much is unpacked of one message, all its archives together.',
    '200MB',
  ),
} as const;

/** What each fault of form counts, where the configuration does not say otherwise as here. */
export const scoresOfFaults = (
  written: ReadonlyMap<ContentFault, number>,
): Readonly<Record<ContentFault, number>> => ({ ...contentFaults, ...Object.fromEntries(written) });
