/** What is read of a message given as lines. */
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';

export const whole = ['From: Anna <anna@sender.test>', 'Date: Wed, 25 Nov 2026 10:00:00 +0000'];

/** A message with From and Date, and these lines after them. */
export const read = (...lines: readonly string[]): Content =>
  readContent(Buffer.from([...whole, ...lines, ''].join('\r\n'), 'latin1'));

/** A message with From and Date whose body is these octets, in base64. */
export const messageOf = (type: string, octets: Buffer): Buffer =>
  Buffer.from(
    [
      ...whole,
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      '',
      octets.toString('base64'),
    ].join('\r\n'),
  );

/** What a program for Windows begins with. */
export const program = 'MZ'.padEnd(80, 'x');

/** A part that is such a program. */
export const programLines = (name: string): readonly string[] => [
  'Content-Type: application/octet-stream',
  `Content-Disposition: attachment; filename="${name}"`,
  '',
  program,
];

export const faultsOf = ({ facts }: Content): string[] => facts.faults.map(({ fault }) => fault).sort();

/** All names of all attachments. */
export const namesOf = ({ facts }: Content): string[] =>
  facts.attachments.flatMap(({ name, otherNames = [] }) => [name, ...otherNames]);
