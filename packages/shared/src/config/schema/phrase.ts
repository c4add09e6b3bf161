/** Some words for a header field. */
import type { Format } from './format.ts';

export const phrase: Format<string> = {
  name: 'phrase',
  expects: 'up to 40 characters of ASCII, in quotes',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^[!-~](?:[ -~]{0,38}[!-~])?$/.test(raw)) return raw;
    return findings.fault(at, raw, `is not ${phrase.expects}`, 'write "[SPAM]"');
  },
};
