/**
 * What /api gives of the classifier.
 *
 *     GET    /bayes                BayesStatus
 *     POST   /bayes/examples       { examples: [BASE64, …] } as filter/bayes/example.ts encodes them → { learned: Learned[] }
 */
import { decodeExample } from '../filter/bayes/example.ts';
import type { Learning } from '../filter/bayes/learning.ts';
import type { Route } from '../platform/http/http.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Log } from '../platform/log/log.ts';

export function learningApi(learning: Pick<Learning, 'learn' | 'status'>, log: Log): Route[] {
  return [
    { method: 'GET', path: '/bayes', run: () => learning.status() },
    {
      method: 'POST',
      path: '/bayes/examples',
      run({ body }) {
        const given = (body as { examples?: unknown } | null | undefined)?.examples;
        const examples = Array.isArray(given)
          ? given.map((text) => decodeExample(Buffer.from(String(text), 'base64')))
          : [undefined];
        if (!examples.every((example) => example !== undefined))
          return Answer.json({ error: 'examples of another version cannot be learnt' }, { status: 400 });
        const learned = examples.map((example) => learning.learn(example));
        const news = learned.filter((each) => each !== 'known').length;
        log.info('bayes.taught', { messages: learned.length, news });
        return { learned };
      },
    },
  ];
}
