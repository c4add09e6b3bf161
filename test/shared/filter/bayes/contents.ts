/** Content of made-up messages: what the classifier is taught and asked in tests. */
import { exampleOf, type Example, type Kind } from '@mailpair/shared/filter/bayes/example';
import type { Content } from '@mailpair/shared/platform/values/content';

export interface Made {
  readonly from?: string;
  readonly subject?: string;
  readonly text?: string;
  readonly urls?: readonly string[];
  readonly fields?: Content['fields'];
}

export function contentWith({
  from = 'a@sender.test',
  subject = '',
  text = '',
  urls = [],
  fields = [],
}: Made): Content {
  return {
    fields,
    text,
    urls,
    facts: {
      faults: [],
      from: [{ name: '', address: from }],
      subject,
      messageId: '',
      attachments: [],
      unread: [],
    },
  };
}

const spamWords = 'pills cheap casino winner loan credit viagra bonus click lottery guaranteed refund'.split(
  ' ',
);
const hamWords =
  'meeting invoice patch review kernel lunch report budget minutes agenda compile release'.split(' ');
const bothWords = 'the a of to and in is it you that was for on are with as we they be at'.split(' ');

/** The nth made-up message of a kind: half of its words are of its kind, half are anybody's. */
export function messageOf(as: 'spam' | 'ham', n: number): Content {
  const own = as === 'spam' ? spamWords : hamWords;
  const words = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0
      ? own[(n * 7 + i * 5 + ((n * i) % 3)) % own.length]!
      : bothWords[(n * 3 + i * 11) % bothWords.length]!,
  );
  return contentWith({
    from: `${as}${n % 9}@${as}.test`,
    subject: `${words[0]} ${n}`,
    text: words.join(' '),
  });
}

export const exampleNo = (as: 'spam' | 'ham', n: number, at = 1_000 + n): Example =>
  exampleOf(messageOf(as, n), as, at);

/** The same message as something else. */
export const asKind = (example: Example, as: Kind, at = example.at + 1_000_000): Example => ({
  ...example,
  as,
  at,
});
