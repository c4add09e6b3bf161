/** Invitations, cards and files that a mail program shows, or opens at a click. */
import { attached, lines, mixed, octetsOf, plainPart, type Entity } from './mime.ts';
import { rtf } from './rtf.ts';
import type { Trick, Tricks } from './trick.ts';

const calendar = (...rows: readonly string[]): string =>
  lines(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'SUMMARY:Papers',
    ...rows,
    'END:VEVENT',
    'END:VCALENDAR',
  );
const invitation = (...rows: readonly string[]): Entity => ({
  fields: ['Content-Type: text/calendar; method=REQUEST; charset=utf-8'],
  body: calendar(...rows),
});

const calendars: readonly Trick[] = [
  ['description', 'Outlook, Gmail, Apple Mail', ({ host }) => invitation(`DESCRIPTION:See http://${host}/p`)],
  [
    'description-folded',
    'Outlook, Gmail, Apple Mail (RFC 5545 §3.1)',
    ({ host }) => invitation(`DESCRIPTION:See http://${host.slice(0, 3)}`, ` ${host.slice(3)}/p`),
  ],
  ['url', 'Apple Mail, Thunderbird', ({ host }) => invitation(`URL:http://${host}/p`)],
  ['location', 'Outlook, Gmail', ({ host }) => invitation(`LOCATION:http://${host}/p\\, room 1`)],
  [
    'alternative-text',
    'Outlook',
    ({ host }) => invitation(`X-ALT-DESC;FMTTYPE=text/html:<a href="http://${host}/p">a</a>`),
  ],
  ['attach', 'Outlook, Apple Mail', ({ host }) => invitation(`ATTACH:http://${host}/p`)],
  [
    'attached-ics',
    'all',
    ({ host }) => attached('application/ics', 'a.ics', calendar(`DESCRIPTION:See http://${host}/p`)),
  ],
  [
    'vcard',
    'all',
    ({ host }) =>
      attached(
        'text/vcard',
        'a.vcf',
        lines('BEGIN:VCARD', 'VERSION:3.0', 'FN:Anna', `URL:http://${host}/p`, 'END:VCARD'),
      ),
  ],
  [
    'pdf-uri',
    'all',
    ({ host }) =>
      attached(
        'application/pdf',
        'a.pdf',
        `%PDF-1.4\n1 0 obj<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://${host}/p)>>>>endobj\n`,
      ),
  ],
  ['text-file', 'all', ({ host }) => attached('text/plain', 'a.txt', `See http://${host}/p`)],
  [
    'text-file-octet-stream',
    'all',
    ({ host }) => attached('application/octet-stream', 'a.txt', `See http://${host}/p`),
  ],
  ['rtf', 'Outlook', (payload) => attached('application/rtf', 'a.rtf', rtf(payload))],
  [
    'external-body-url',
    'Outlook Express, Thunderbird',
    ({ host }) =>
      mixed(plainPart, {
        fields: [`Content-Type: message/external-body; access-type=URL; URL="http://${host}/p"`],
        body: 'Content-Type: text/html\r\n',
      }),
  ],
];
const attachedFile: readonly Trick[] = [
  [
    'attach-binary',
    'Outlook, Apple Mail',
    ({ name, octets }) =>
      invitation(
        `ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="${name}":${octetsOf(octets).toString('base64')}`.replace(
          /(.{70})/g,
          '$1\r\n ',
        ),
      ),
  ],
];

export const calendarsAndFiles: readonly Tricks[] = [
  { area: 'calendar-and-file', payloads: ['link'], tricks: calendars },
  { area: 'calendar', payloads: ['program'], tricks: attachedFile },
];
