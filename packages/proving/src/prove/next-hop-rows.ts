/** Rows in which a dependency of the gateway fails: the next hop, at each command, and the resolver. */
import type { Manner, Step } from '../loopback/mail-session.ts';
import type { Row } from './row.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

const LETTERS = 12;
/** The number of sessions or messages that fail at each step. */
const TIMES = 3;
const steps: readonly Step[] = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'message', 'QUIT'];
/** Short timeouts, so that the gateway abandons a hanging next hop after one second. */
const keys = {
  'send.connectTimeout': '1s',
  'send.commandTimeout': '1s',
  'send.messageTimeout': '1s',
  'send.relayTimeout': '3s',
  'send.idle': '100ms',
};
/**
 * Replies that violate RFC 5321 §4.2: wrong syntax, wrong codes, octets that are not text, a line without an
 * end.
 */
const garbage: readonly (string | Buffer)[] = [
  'HTTP/1.1 400 Bad Request\r\n\r\n',
  '999 9.9.9 What\r\n',
  Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x00, 0x80, 0x0d, 0x0a]),
  '250-never\r\n',
  Buffer.alloc(256 * 1024, 'x'),
];

function troubles(): Readonly<Record<'hangs' | 'resets' | 'garbage' | 'answer-lost', () => Manner>> {
  let said = 0;
  return {
    hangs: () => 'hang',
    resets: () => 'reset',
    garbage: () => ({ say: garbage[said++ % garbage.length]! }),
    'answer-lost': () => 'take and reset',
  };
}

type Trouble = keyof ReturnType<typeof troubles>;

const titles: Readonly<Record<Trouble, string>> = {
  hangs: 'the next hop hangs at each command in turn',
  resets: 'the next hop resets the connection at each command in turn',
  garbage: 'the next hop answers no SMTP at each command in turn',
  'answer-lost': 'the next hop has accepted the message, and its reply is lost',
};

const nextHop = (role: RoleName, trouble: Trouble, at: readonly Step[]): Row => ({
  name: `${role}/next-hop/${trouble}`,
  role,
  title: titles[trouble],
  needs: { keys },
  async run(ground, { isQuick }) {
    const mannerOf = troubles()[trouble];
    const { world } = ground;
    const times = isQuick ? 1 : TIMES;
    await ground.start();
    for (const step of at) {
      let met = 0;
      world.manner = (moment) => {
        if (moment.step !== step || met >= times) return undefined;
        met += 1;
        if (trouble === 'answer-lost') ground.noteStop(world.setting.server.name);
        return mannerOf();
      };
      ground.send(LETTERS);
      await ground.until(`the next hop came to ${step}`, () => met >= times);
      await ground.settle({ nudged: true });
      world.manner = undefined;
    }
  },
});

const withoutResolver = (role: RoleName): Row => ({
  name: `${role}/resolver/dead`,
  role,
  title: 'the resolver is dead when the gateway starts, and for a while after',
  async run(ground) {
    const { resolver } = ground.world;
    await resolver.stop();
    await ground.start();
    ground.send(3 * LETTERS);
    await ground.pause(3000);
    await resolver.start();
    await ground.settle({ nudged: true });
  },
});

export const nextHopRows: readonly Row[] = roleNames.flatMap((role) => [
  nextHop(role, 'hangs', steps),
  nextHop(role, 'resets', steps),
  nextHop(role, 'garbage', steps),
  nextHop(role, 'answer-lost', ['message']),
  withoutResolver(role),
]);
