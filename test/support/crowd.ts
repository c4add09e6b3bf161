/**
 * Sessions that are held open at a gateway, to raise its load by real means. They come from one address, which is made
 * a known client first, so that they are let in when strangers no longer are.
 */
import { eventually, type RoleName } from './heartbeat.ts';
import type { TestMessage } from './messages.ts';
import { ROUND, type ConfigKeys, type Pair } from './pair.ts';
import { sendOnce } from './senders.ts';
import { Disconnected, SmtpClient, type Target } from './smtp-client.ts';

/**
 * Nobody is sent away by 35 sessions; at 36 some strangers are, at 37 every stranger and no known client, and at 38 the port is
 * closed. Heartbeats are slow enough for a busy machine: a partner that misses one is sent nobody.
 */
export const fortySessions: ConfigKeys = {
  'limits.connections': 40,
  'limits.connectionsPerClient': 40,
  'load.shed': true,
  'pair.interval': '500ms',
};

/** Resolves when a gateway lets clients in as wanted. */
export async function untilDoor(pair: Pair, role: RoleName, wanted: string): Promise<void> {
  await eventually(
    () => pair.get(role, '/api/status') as Promise<{ readonly door: string }>,
    ({ door }) => door === wanted,
  );
}

const ADDRESS = '127.0.0.77';

/** What a gateway says first: '220', '421 …', or how the connection ended; with the client when it is welcome. */
export async function knock(target: Target): Promise<{ said: string; client?: SmtpClient }> {
  try {
    const client = await SmtpClient.connect(target);
    const { code, text } = await client.greeting;
    return code === 220 ? { said: '220', client } : { said: `${code} ${text}` };
  } catch (error) {
    if (error instanceof Disconnected) return { said: error.message };
    throw error;
  }
}

/**
 * Resolves when strangers are told so, by whichever worker they come to: several workers agree after a moment. They
 * come one after another, for those who are still let in count as load: several at once would shut the port.
 * @param stranger another one each time
 */
export async function untilAllHear(stranger: () => Target, expected: RegExp): Promise<void> {
  await eventually(
    async () => {
      const answers: string[] = [];
      for (let count = 0; count < ROUND; count += 1) {
        const { said, client } = await knock(stranger());
        await client?.quit();
        answers.push(said);
        if (!expected.test(said)) break;
      }
      return answers;
    },
    (answers) => answers.every((said) => expected.test(said)),
  );
}

export class Crowd {
  /** Where it comes from, and goes to. */
  readonly target: Target;
  readonly #held: SmtpClient[] = [];
  /** How often one of them was not let in. */
  turnedAway = 0;

  private constructor(target: Target) {
    this.target = { ...target, localAddress: ADDRESS };
  }

  /** @param message to become known by */
  static async meet(target: Target, message: TestMessage): Promise<Crowd> {
    const crowd = new Crowd(target);
    await sendOnce(crowd.target, message);
    return crowd;
  }

  get members(): readonly SmtpClient[] {
    return this.#held;
  }

  /** Comes until there are so many, again and again where some are sent away. */
  async grow(to: number): Promise<void> {
    while (this.#held.length < to) {
      const { client } = await knock(this.target);
      if (client) this.#held.push(client);
      else this.turnedAway += 1;
    }
  }

  /** Some leave, those that came last first. */
  async shrink(to: number): Promise<void> {
    await Promise.all(this.#held.splice(to).map((client) => client.quit()));
  }

  close(): void {
    for (const client of this.#held) client.destroy();
  }
}
