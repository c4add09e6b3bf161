/** Teaches the classifier of a gateway that is stopped a message of its spool; the caller has the owner lock. */
import { exampleOf } from '../filter/bayes/example.ts';
import { openBayes, type Learned } from '../filter/bayes/open-bayes.ts';
import { readContent } from '../filter/content/read-content.ts';
import { bayesDirectory } from '../filter/bayes/learning.ts';
import { systemClock } from '../platform/time/clock.ts';
import { readRegular } from '../platform/files/regular-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Body } from '../platform/values/body.ts';
import type { RoleName } from '../platform/values/role-name.ts';

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
