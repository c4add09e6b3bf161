/** Teaches the classifier of a gateway that is stopped a message of its spool; the caller has the owner lock. */
import { exampleOf } from '../facts/bayes/example.ts';
import { openBayes, type Learned } from '../facts/bayes/open-bayes.ts';
import { readContent } from '../facts/content/read-content.ts';
import { bayesDirectory } from '../judging/learning.ts';
import { systemClock } from '../system/clock.ts';
import { readRegular } from '../system/regular-file.ts';
import type { Settings } from '../system/settings.ts';
import type { Body } from '../values/body.ts';
import type { RoleName } from './reach-gateway.ts';

/** @throws when it cannot be read or written */
export async function learnStored(
  role: RoleName,
  settings: Settings,
  as: 'spam' | 'ham',
  { path, chunks = [] }: Body,
): Promise<Learned> {
  const { spool } = settings[role];
  const octets = path === undefined ? Buffer.concat(chunks) : await readRegular(path);
  const bayes = openBayes({
    directory: bayesDirectory(spool),
    rules: () => settings.bayes,
    now: () => systemClock.now(),
    onFault: (error) => {
      throw error;
    },
  });
  const learned = bayes.learn(exampleOf(readContent(octets), as, systemClock.now()));
  await bayes.close();
  return learned;
}
