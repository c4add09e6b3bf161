/** What clamd says of a message. What is too big to be sent to it is known, not a fault: coming back would not help. */
import type { ListenerRole } from '../../platform/values/session.ts';
import type { EngineLearnable, VirusFacts } from './facts.ts';
import type { LearnerOf } from '../contract/learner.ts';
import { scanByClamd } from './clamd.ts';
import type { EngineServers } from './engine-servers.ts';

export const virusLearner = (
  servers: EngineServers,
  roles: readonly ListenerRole[],
  maxBytes: number,
): LearnerOf<EngineLearnable, 'virus'> => ({
  name: 'virus',
  stage: 'message',
  roles,
  learn({ message, signal }) {
    if (!message) return undefined;
    const { head, body } = message;
    if (body.sizeBytes > maxBytes)
      return { tooBig: `it has ${body.sizeBytes} octets, clamav.maxSize is ${maxBytes}` };
    return servers
      .ask((place, given) => scanByClamd(place, head, body, given), signal())
      .then(({ server, answer }): VirusFacts => {
        if (answer.kind === 'too-big')
          return {
            tooBig: `it has ${body.sizeBytes} octets, more than StreamMaxLength of clamd at ${server}`,
          };
        return answer.kind === 'found' ? { server, found: answer.signature } : { server };
      });
  },
});
