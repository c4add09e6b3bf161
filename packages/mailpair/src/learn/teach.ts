/**
 * `mailpair learn spam`, `learn ham` and `learn forget`: train the classifiers of this host with messages in
 * files.
 */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { encodeExample, exampleOf, type Example, type Kind } from '@mailpair/shared/filter/bayes/example';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';
import { withLearning } from './access.ts';
import { mailIn } from '../judge/mail-in-files.ts';
import { roleHelp, roleOption } from '../queue/access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

const sources = `A FILE is one message or an mbox, a DIR is a maildir or any tree of files; - is stdin. A message counts once,
however often it is given, with the class that was given last. Both gateways of this host learn it, running
or stopped; a partner on another host learns it by the heartbeat.`;

/** The maximum number of octets of tokens in one request. */
const BATCH_BYTES = 400_000;

export const learnSpam = teaching('spam');
export const learnHam = teaching('ham');

function teaching(as: 'spam' | 'ham'): Verb {
  const other = as === 'spam' ? 'ham' : 'spam';
  return {
    usage: `learn ${as} FILE|DIR|-… [--role inbound|outbound]`,
    options: roleOption,
    help: `
${sources}
Use messages as they were received, with the whole header. What was ${other} before becomes ${as}.

${roleHelp}

Examples:
  mailpair learn ${as} /var/mail/${as}.mbox
  mailpair learn ${as} /home/*/Maildir/${as === 'spam' ? '.Junk/cur' : 'cur'}
  mailpair quarantine show --message 01JDCK7M | mailpair learn ${as} -

Exit: 0 taught, 1 there was no message, 2 usage or fault.
`,
    run: (args, io) => teach(args, io, as),
  };
}

export const learnForget: Verb = {
  usage: 'learn forget FILE|DIR|-… [--role inbound|outbound]',
  options: roleOption,
  help: `
${sources}
The evidence that a message had added is removed.

${roleHelp}

Examples:
  mailpair learn forget taught-by-mistake.eml

Exit: 0 taken back, 1 none of them had been learnt, 2 usage or fault.
`,
  run: (args, io) => teach(args, io, 'none'),
};

async function teach(args: VerbArgs, io: Io, as: Kind): Promise<number> {
  expectOperands(args, 1, Infinity);
  return withLearning(args, io, async (gateways, { marks }) => {
    const counts = gateways.map(() => ({ learnt: 0, changed: 0, known: 0 }));
    let messages = 0;
    for await (const batch of batchesOf(examplesIn(args.operands, io, as, marks.subject))) {
      messages += batch.length;
      const examples = batch.map((example) => encodeExample(example).toString('base64'));
      for (const [n, { bayes }] of gateways.entries())
        for (const learned of (await bayes.learn({ examples })).learned) counts[n]![learned] += 1;
    }
    gateways.forEach(({ role }, n) =>
      io.out(
        args.json
          ? JSON.stringify({ role, as, messages, ...counts[n] })
          : describe(role, as, messages, counts[n]!),
      ),
    );
    return isDone(as, messages, counts) ? 0 : 1;
  });
}

type Counts = Record<Answer<'bayes', 'learn'>['learned'][number], number>;

const isDone = (as: Kind, messages: number, counts: readonly Counts[]): boolean =>
  as === 'none' ? counts.some(({ changed }) => changed > 0) : messages > 0;

function describe(role: string, as: Kind, messages: number, counts: Counts): string {
  const { learnt, changed, known } = counts;
  if (as === 'none')
    return `${role}: ${changed} of ${messages} messages taken back; ${known} had not been learnt`;
  const other = as === 'spam' ? 'ham' : 'spam';
  return `${role}: ${messages} messages are ${as}: ${learnt} new, ${changed} were ${other} or taken back, ${known} known`;
}

/** @param mark the text that the gateways may have added before the subject */
async function* examplesIn(
  paths: readonly string[],
  { stdin }: Io,
  as: Kind,
  mark: string | null,
): AsyncIterable<Example> {
  for await (const { octets } of mailIn(paths, stdin)) {
    const example = exampleOf(withoutMark(readContent(octets), mark), as, Date.now());
    if (example.tokens.length > 0) yield example;
  }
}

function withoutMark(content: Content, mark: string | null): Content {
  const { subject } = content.facts;
  if (mark === null || !subject.startsWith(mark)) return content;
  return { ...content, facts: { ...content.facts, subject: subject.slice(mark.length).trimStart() } };
}

async function* batchesOf(examples: AsyncIterable<Example>): AsyncIterable<readonly Example[]> {
  let batch: Example[] = [];
  let bytes = 0;
  for await (const example of examples) {
    batch.push(example);
    bytes += example.tokens.byteLength;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
