/** The keys of what is written into the header of mail from the internet. */
import { choice, yesNo, type Format } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';

/** Words that are put into a header field. */
const phrase: Format<string> = {
  name: 'phrase',
  expects: 'up to 40 characters of ASCII, in quotes',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^[!-~](?:[ -~]{0,38}[!-~])?$/.test(raw)) return raw;
    return findings.fault(at, raw, `is not ${phrase.expects}`, 'write "[SPAM]"');
  },
};

export const markKeys = {
  'marks.results': key(
    yesNo,
    true,
    'Whether Authentication-Results (RFC 8601) is written, and taken away where strangers wrote it in the name of this pair.',
    'false',
  ),
  'marks.verdict': key(
    choice('always', 'tagged', 'never'),
    'always',
    'Which messages get X-Mailpair-Verdict (accept, tag) and X-Mailpair-Score, for filters behind the pair. Those that strangers ' +
      'wrote are always taken away.',
    'tagged',
  ),
  'marks.seal': key(
    choice('changed', 'always', 'never'),
    'changed',
    'Which messages from the internet get an ARC seal (RFC 8617), where the domain of a recipient has an active DKIM key: those ' +
      'that are changed here, so that what we found before still counts with who trusts us; or all, for local servers that ' +
      'forward mail to others.',
    'always',
  ),
  'marks.subject': optional(
    phrase,
    'What is put before the Subject of a message that is tagged. It breaks the signature of the sender.',
    '"[SPAM]"',
  ),
} as const;
