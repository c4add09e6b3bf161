/** The classifier of spam. */
import { decodeExample } from '../../filter/bayes/example.ts';
import { ApiRefusal, listInBody } from '../parameters.ts';
import { routesOn } from '../route.ts';

const route = routesOn('bayes');
const refusal = 'examples of another version cannot be learnt';

export const bayes = {
  status: route({
    method: 'GET',
    path: '/bayes',
    about: 'What it has learnt, and how well it tells spam from ham: BayesStatus.',
    run: (of) => of.status(),
  }),
  learn: route({
    method: 'POST',
    path: '/bayes/examples',
    about: 'Learns examples: { learned: [learnt | changed | known, …] }, in their order.',
    parameters: {
      examples: listInBody('As filter/bayes/example.ts encodes them, in base64.', refusal),
    },
    run(of, { examples }) {
      const read = examples.map((text) => decodeExample(Buffer.from(text, 'base64')));
      if (!read.every((example) => example !== undefined)) throw new ApiRefusal(refusal);
      const learned = read.map((example) => of.learn(example));
      of.taught?.({ messages: learned.length, news: learned.filter((each) => each !== 'known').length });
      return { learned };
    },
  }),
};
