/** Attachments that cost those who look into them much more than those who send them. Made here, of a few octets. */
import { gzipSync } from 'node:zlib';
import { tarOf } from '../../test/support/archives.ts';

/** 900,000 octets `abab…`, packed by bzip2 1.0.8: a block that has to be sorted back octet by octet. */
const BLOCK = Buffer.from(
  'QlpoOTFBWSZTWREfKpgDbuMBADAAIAAwgE1GioQiYVCETmKCskymszop4UYAAAkCAGAAQABBU0EEyxxdyRThQkL8qpZM',
  'base64',
);

/** The head of a tar with one file of 90,000,000 octets, packed by the same. */
const HEAD = Buffer.from(
  'QlpoOTFBWSZTWfKlPtQAACVbgMiAQAFXgAEAbgDeAAgAIABUUNDQAGj1BiJlAbUAFSGBXWUOpaCivMXuiLaMAKchheFnWDRM2REqXMX2iIDBgV+LuSKcKEh5Up9qAA==',
  'base64',
);

/** A tar.bz2 of 7 KB that unpacks to 90 MB, just within `attachments.unpack`. */
export const costlyArchive = (): Buffer => Buffer.concat([HEAD, ...Array.from({ length: 100 }, () => BLOCK)]);

/** A tar.gz with many empty files. */
export function crowdedArchive(members: number): Buffer {
  const names = Array.from({ length: members }, (_, i) => ({
    name: `${(i * 2_654_435_761) % 2 ** 32}/${i}.txt`,
    content: '',
  }));
  return gzipSync(tarOf(names), { level: 9 });
}

/** A message with one attachment. */
export const messageWith = (name: string, attachment: Buffer): string =>
  [
    'From: Bob <bob@attacker.example>',
    'To: <user@hosted.example>',
    'Subject: report',
    'Date: Wed, 25 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    `Content-Type: application/octet-stream; name="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    attachment.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '',
  ].join('\r\n');
