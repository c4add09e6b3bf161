/** What an evasion is to show, each found by something else: octets, a name, a link in text, a link that HTML alone has. */
import { base64, type Entity } from './mime.ts';

export type Shows = 'program' | 'script' | 'link' | 'html';

export interface Payload {
  readonly shows: Shows;
  /** '' for text to be read in place. */
  readonly name: string;
  readonly type: string;
  readonly octets: string;
  /** Of its links. */
  readonly host: string;
}

/** Looks like a program of Windows. Without NUL, which DATA refuses, so that it may stand in a message as it is. */
const program = `MZ${'\x90'.repeat(100)}This program cannot be run in DOS mode.`;
const bad = 'evil.example';
const good = 'good.example';
const linkText = (host: string): string => `Please see http://${host}/pay for the details.\r\n`;
/** Nothing but a reader of HTML finds the link. */
const linkHtml = (host: string): string =>
  `<p>Please see <a href="&#104;ttp://${host.replace('.', '&#46;')}/pay">the details</a>.</p>\r\n`;

/** The program has a harmless name and the script harmless octets. */
export const payloads: Readonly<Record<Shows, Payload>> = {
  program: {
    shows: 'program',
    name: 'report.bin',
    type: 'application/octet-stream',
    octets: program,
    host: bad,
  },
  script: {
    shows: 'script',
    name: 'invoice.js',
    type: 'application/octet-stream',
    octets: 'WScript.Echo("Good morning");\r\n',
    host: bad,
  },
  link: { shows: 'link', name: '', type: 'text/plain', octets: linkText(bad), host: bad },
  html: { shows: 'html', name: '', type: 'text/html', octets: linkHtml(bad), host: bad },
};

/** The same without what is to be found: nothing may be found in it. */
export function harmless({ shows, name, type }: Payload): Payload {
  const octets = { program: 'Good morning.\r\n'.repeat(10), script: payloads.script.octets };
  const texts = { link: linkText(good), html: linkHtml(good) };
  return {
    shows,
    name: name.replace('.js', '.tx'),
    type,
    octets: { ...octets, ...texts }[shows],
    host: good,
  };
}

export interface Change {
  readonly type?: string;
  readonly disposition?: string;
  readonly encoding?: string;
  readonly body?: string;
  /** In place of all others. */
  readonly fields?: readonly string[];
}

/** The part that a mail program makes of it, but for the changes. */
export function entityOf(payload: Payload, change: Change = {}): Entity {
  const isFile = payload.name !== '';
  const { type = payload.type, encoding = isFile ? 'base64' : '7bit' } = change;
  const disposition = change.disposition ?? (isFile ? `attachment; filename="${payload.name}"` : undefined);
  const fields = change.fields ?? [
    `Content-Type: ${type}`,
    `Content-Transfer-Encoding: ${encoding}`,
    ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
  ];
  return { fields, body: change.body ?? (isFile ? base64(payload.octets) : payload.octets) };
}
