/** What rspamd says of a message, of its client and its envelope. */
import type { EngineLearnable, RspamdFacts } from './facts.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import { inTime } from '../contract/in-time.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { Inquiry, LearnerOf } from '../contract/learner.ts';
import type { EngineServers } from './engine-servers.ts';
import { checkByRspamd } from './rspamd.ts';

export interface RspamdUse {
  readonly roles: readonly ListenerRole[];
  readonly maxBytes: number;
  /** '' when it wants none. */
  password(): string;
}

/** How long the client's name is waited for. */
const REVERSE_NAME_MS = 1_000;

export const rspamdLearner = (
  servers: EngineServers,
  { roles, maxBytes, password }: RspamdUse,
): LearnerOf<EngineLearnable, 'rspamd', ClientNameLearnable> => ({
  name: 'rspamd',
  stage: 'message',
  roles,
  learn(inquiry) {
    const { message } = inquiry;
    if (!message) return undefined;
    const { sizeBytes } = message.body;
    if (sizeBytes > maxBytes) return { tooBig: `it has ${sizeBytes} octets, rspamd.maxSize is ${maxBytes}` };
    return ask(servers, inquiry, message, password());
  },
});

async function ask(
  servers: EngineServers,
  inquiry: Inquiry<ClientNameLearnable>,
  { id, body }: NonNullable<Inquiry['message']>,
  password: string,
): Promise<RspamdFacts> {
  const { session, envelope, recipients, signal } = inquiry;
  const name = await inTime(REVERSE_NAME_MS, inquiry.fact('reverseName'), () => undefined);
  const question = {
    id,
    ip: session.client.address,
    helo: session.helo,
    hostname: (name?.kind === 'known' && name.value.confirmed) || '',
    from: envelope.reversePath,
    recipients: recipients.map(({ address }) => address),
    user: session.user ?? '',
    body,
    password,
  };
  const { server, answer } = await servers.ask(
    (place, given) => checkByRspamd(place, question, given),
    signal(),
  );
  return { server, ...answer };
}
