/** Runs the `mailpair` command in this process and gives what it said. */
import { Readable } from 'node:stream';
import { run } from '@mailpair/mailpair/run';
import type { Io, ListedVerb, Verb } from '@mailpair/mailpair/framework/verb';
import { verbs as allVerbs } from '@mailpair/mailpair/verbs';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Io['env'];
  readonly stdin?: Io['stdin'];
  readonly verbs?: readonly ListedVerb[];
}

/** Every verb, loaded, with what the table says of it. */
export const loadedVerbs = (): Promise<(ListedVerb & Verb)[]> =>
  Promise.all(allVerbs.map(async (listed) => ({ ...listed, ...(await listed.load()) })));

export async function mailpair(argv: readonly string[], surroundings: Surroundings = {}): Promise<Said> {
  const { env = {}, stdin = Readable.from([]), verbs = allVerbs } = surroundings;
  let [out, err] = ['', ''];
  const code = await run(argv, verbs, {
    out: (text) => void (out += `${text}\n`),
    err: (text) => void (err += `${text}\n`),
    octets: (data) => void (out += data.toString('latin1')),
    taken: async () => undefined,
    stdin,
    env,
  });
  return { code, out, err };
}
