/**
 * The operator's hand on what a gateway learnt: the same operations on a running gateway (learning-api.ts on its side) and on the
 * files of one that is stopped, which the owner lock then keeps for the command.
 */
import { encodeExample, type Example } from '../filter/bayes/example.ts';
import { openBayes, type Bayes, type BayesStatus, type Learned } from '../filter/bayes/open-bayes.ts';
import { bayesDirectory } from '../filter/bayes/learning.ts';
import { lockSpool } from '../spool/store/owner-lock.ts';
import { systemClock } from '../platform/time/clock.ts';
import type { Settings } from '../config/settings.ts';
import { reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';

export interface LearningControl {
  readonly role: RoleName;
  /** @returns what became of each, in order */
  learn(examples: readonly Example[]): Promise<readonly Learned[]>;
  status(): Promise<BayesStatus>;
  close(): Promise<void>;
}

/** @throws with what to do when neither the gateway nor its files can be reached */
export async function openLearningControl(
  role: RoleName,
  settings: Settings,
  onFault: (error: Error) => void,
): Promise<LearningControl> {
  const running = await reachRunning(role, settings);
  return running ? learningClient(role, running) : openStopped(role, settings, onFault);
}

function learningClient(role: RoleName, api: ApiCaller): LearningControl {
  return {
    role,
    async learn(examples) {
      const body = { examples: examples.map((example) => encodeExample(example).toString('base64')) };
      return (await api.given<{ learned: Learned[] }>('POST', '/bayes/examples', {}, { body })).learned;
    },
    status: () => api.given('GET', '/bayes'),
    close: async () => undefined,
  };
}

function openStopped(role: RoleName, settings: Settings, onFault: (error: Error) => void): LearningControl {
  const { spool } = settings[role];
  const lock = lockSpool(spool);
  let bayes: Bayes;
  try {
    bayes = openBayes({
      directory: bayesDirectory(spool),
      rules: () => settings.bayes,
      now: () => systemClock.now(),
      onFault,
    });
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    role,
    learn: async (examples) => examples.map((example) => bayes.learn(example)),
    status: async () => bayes.status(),
    async close() {
      try {
        await bayes.close();
      } finally {
        lock.release();
      }
    },
  };
}
