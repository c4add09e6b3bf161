/** What is found in an attachment, by the reader that a thread has. */
import { before } from 'mocha';
import { loadLibarchive, type Libarchive } from '@mailpair/shared/filter/content/archives/libarchive';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { AttachmentFacts } from '@mailpair/shared/platform/values/content';
import { program } from '../../../support/archives.ts';
import { whole } from './content.ts';

export const MEGABYTE = 1024 * 1024;
export const exe = { name: 'a.txt', content: program };
export const contentTypes = { name: '[Content_Types].xml', content: '<x/>' };

export interface Open {
  (
    name: string,
    octets: Buffer,
    bounds?: { readonly depth: number; readonly bytes: number },
  ): readonly AttachmentFacts[];
  library(): Libarchive;
}

export function useOpened(): Open {
  let library: Libarchive;
  before(async () => {
    library = await loadLibarchive();
  });
  const open = (
    name: string,
    octets: Buffer,
    bounds = { depth: 3, bytes: 30 * MEGABYTE },
  ): readonly AttachmentFacts[] => {
    const message = [
      ...whole,
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      octets.toString('base64'),
    ];
    const opener = new Openings({ ...bounds, cpuMs: Infinity }, library).open;
    return readContent(Buffer.from(message.join('\r\n')), opener).facts.attachments;
  };
  return Object.assign(open, { library: () => library });
}
