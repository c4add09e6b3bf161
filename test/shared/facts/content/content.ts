/** What is read of a message given as lines. */
import { readContent } from '@mailpair/shared/facts/content/read-content';
import type { Content } from '@mailpair/shared/values/content';

export const whole = ['From: Anna <anna@sender.test>', 'Date: Wed, 25 Nov 2026 10:00:00 +0000'];

/** A message with From and Date, and these lines after them. */
export const read = (...lines: readonly string[]): Content =>
  readContent(Buffer.from([...whole, ...lines, ''].join('\r\n'), 'latin1'));

export const faultsOf = ({ facts }: Content): string[] => facts.faults.map(({ fault }) => fault).sort();
