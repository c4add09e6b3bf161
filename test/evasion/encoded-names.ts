/** Names of files in pieces, in charsets (RFC 2231) and in encoded words (RFC 2047). */
import { named, typeNamed } from './named.ts';
import type { Trick, Tricks } from './trick.ts';

const start = (name: string): string => name.slice(0, 3);
const end = (name: string): string => name.slice(3);
const percent = (name: string): string =>
  [...name].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
const word = (name: string): string => `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`;
const q = (name: string): string => `=?utf-8?Q?${percent(name).replaceAll('%', '=').toUpperCase()}?=`;
const utf16 = (name: string): string =>
  `=?utf-16be?B?${Buffer.from(name, 'utf16le').swap16().toString('base64')}?=`;
const disguise = (name: string): string => name.replace(/\..*/, '.txt');

const rfc2231: readonly Trick[] = [
  ['extended', 'all (RFC 2231 §4)', named((name) => `attachment; filename*=utf-8''${percent(name)}`)],
  ['extended-without-charset', 'all', named((name) => `attachment; filename*=''${name}`)],
  ['extended-with-language', 'all', named((name) => `attachment; filename*=us-ascii'en'${percent(name)}`)],
  [
    'extended-quoted',
    'Gmail, Thunderbird',
    named((name) => `attachment; filename*="utf-8''${percent(name)}"`),
  ],
  [
    'extended-without-quotes-in-it',
    'Outlook, Python',
    named((name) => `attachment; filename*=${percent(name)}`),
  ],
  ['extended-unknown-charset', 'all', named((name) => `attachment; filename*=x-none''${percent(name)}`)],
  [
    'extended-utf-16',
    'Thunderbird',
    named(
      (name) => `attachment; filename*=utf-16be''${[...name].map((each) => `%00${percent(each)}`).join('')}`,
    ),
  ],
  [
    'extended-utf-7',
    'Thunderbird',
    named((name) => `attachment; filename*=utf-7''${name.replace('.', '+AC4-')}`),
  ],
  [
    'pieces',
    'all (RFC 2231 §3)',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1="${end(name)}"`),
  ],
  [
    'pieces-extended',
    'all',
    named(
      (name) => `attachment; filename*0*=utf-8''${percent(start(name))}; filename*1*=${percent(end(name))}`,
    ),
  ],
  [
    'pieces-mixed',
    'all',
    named((name) => `attachment; filename*0*=utf-8''${percent(start(name))}; filename*1="${end(name)}"`),
  ],
  [
    'pieces-plain-then-extended',
    'Python',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1*=${percent(end(name))}`),
  ],
  [
    'pieces-out-of-order',
    'all',
    named((name) => `attachment; filename*1="${end(name)}"; filename*0="${start(name)}"`),
  ],
  [
    'pieces-from-1',
    'Outlook, mailparser',
    named((name) => `attachment; filename*1="${start(name)}"; filename*2="${end(name)}"`),
  ],
  [
    'pieces-leading-zero',
    'mailparser, Python',
    named((name) => `attachment; filename*00="${start(name)}"; filename*01="${end(name)}"`),
  ],
  [
    'pieces-gap',
    'mailparser',
    named((name) => `attachment; filename*0="${start(name)}"; filename*5="${end(name)}"`),
  ],
  [
    'pieces-twice',
    'one or the other',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1=".txt"; filename*1="${end(name)}"`),
  ],
  [
    'pieces-150',
    'Python',
    named(
      (name) =>
        `attachment; ${[...`${'a'.repeat(150)}${name}`].map((each, i) => `filename*${i}="${each}"`).join('; ')}`,
    ),
  ],
  [
    'plain-beside-extended',
    'Outlook shows the plain one',
    named((name) => `attachment; filename="${name}"; filename*=utf-8''${disguise(name)}`),
  ],
  [
    'extended-beside-plain',
    'all others the extended one',
    named((name) => `attachment; filename="${disguise(name)}"; filename*=utf-8''${name}`),
  ],
  [
    'pieces-beside-plain',
    'Thunderbird',
    named(
      (name) =>
        `attachment; filename="${disguise(name)}"; filename*0="${start(name)}"; filename*1="${end(name)}"`,
    ),
  ],
  [
    'plain-beside-pieces',
    'Outlook',
    named((name) => `attachment; filename="${name}"; filename*0="a."; filename*1="txt"`),
  ],
  ['type-extended', 'all', typeNamed((name) => `; name*=utf-8''${percent(name)}`)],
  ['type-pieces', 'all', typeNamed((name) => `; name*0="${start(name)}"; name*1="${end(name)}"`)],
  [
    'type-extended-beside-plain',
    'Thunderbird',
    typeNamed((name) => `; name="${disguise(name)}"; name*=utf-8''${name}`),
  ],
  [
    'type-plain-beside-extended',
    'Outlook',
    typeNamed((name) => `; name="${name}"; name*=utf-8''${disguise(name)}`),
  ],
  [
    'quoted-pairs-in-piece',
    'Thunderbird',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1="${end(name).replace('.', '\\.')}"`),
  ],
];

const words: readonly Trick[] = [
  ['base64', 'Outlook, Gmail, Thunderbird', named((name) => `attachment; filename="${word(name)}"`)],
  ['quoted-printable', 'Outlook, Gmail, Thunderbird', named((name) => `attachment; filename="${q(name)}"`)],
  ['unquoted', 'Outlook, Gmail', named((name) => `attachment; filename=${word(name)}`)],
  [
    'lower-case',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(name).replace('?B?', '?b?')}"`),
  ],
  [
    'two',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(start(name))} ${word(end(name))}"`),
  ],
  [
    'two-folded',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(start(name))}\r\n ${q(end(name))}"`),
  ],
  ['two-joined', 'Gmail', named((name) => `attachment; filename="${word(start(name))}${word(end(name))}"`)],
  ['utf-16', 'Outlook', named((name) => `attachment; filename="${utf16(name)}"`)],
  ['utf-7', 'Outlook', named((name) => `attachment; filename="=?utf-7?Q?${name.replace('.', '+AC4-')}?="`)],
  [
    'without-padding',
    'Outlook, Gmail',
    named(
      (name) =>
        `attachment; filename="${word(name).replaceAll('=', (sign, at) => (at > 10 && at < word(name).length - 1 ? '' : sign))}"`,
    ),
  ],
  [
    'language',
    'RFC 2231 §5',
    named((name) => `attachment; filename="${word(name).replace('utf-8', 'utf-8*en')}"`),
  ],
  [
    'within-a-word',
    'Outlook, Thunderbird',
    named((name) => `attachment; filename="${start(name)}${word(end(name))}"`),
  ],
  [
    'ending-only',
    'Outlook',
    named((name) => `attachment; filename="a${word(name.slice(name.indexOf('.')))}"`),
  ],
  ['blank-in-it', 'Outlook, mailparser', named((name) => `attachment; filename="=?utf-8?Q?${name}_ ?="`)],
  ['in-extended', 'Gmail', named((name) => `attachment; filename*="${word(name)}"`)],
  [
    'in-pieces',
    'Outlook',
    named(
      (name) => `attachment; filename*0="${word(name).slice(0, 15)}"; filename*1="${word(name).slice(15)}"`,
    ),
  ],
  ['in-type', 'all', typeNamed((name) => `; name="${word(name)}"`)],
  [
    'nul-in-it',
    'Outlook ends the name at NUL',
    named((name) => `attachment; filename="${word(`${name}\0.txt`)}"`),
  ],
  [
    'line-end-in-it',
    'Thunderbird drops it',
    named((name) => `attachment; filename="${word(name.replace('.', '.\r\n'))}"`),
  ],
];

export const encodedNames: readonly Tricks[] = [
  { area: 'rfc2231', payloads: ['script'], tricks: rfc2231 },
  { area: 'encoded-word', payloads: ['script'], tricks: words },
];
