/** Bodies of heartbeats, their seals, and the items of the topics in them. */
import { openBans, type Bans } from '@mailpair/shared/filter/rates-and-bans/bans';
import { formatBeat, parseBeat } from '@mailpair/shared/gateway/pair/partner-beat';
import { parseSeal } from '@mailpair/shared/gateway/pair/partner-signature';
import { MAX_ITEM, Topics } from '@mailpair/shared/platform/topics';
import { isDeepStrictEqual } from 'node:util';
import { must, type TargetFile } from '../target.ts';

const beat = {
  version: '0.1.0',
  startedAt: 1,
  draining: false,
  load: { value: 0.5, parts: { cpu: 0.5 } },
  headroom: 0.5,
  sheds: true,
  freeDiskBytes: 10,
  digest: { domains: 'abc' },
  told: {
    bans: [
      '{"network":"192.0.2.0/24","since":1,"until":99999999999999,"times":1,"by":"operator","reason":"x","changedAt":1}',
    ],
    recipients: ['+1798761600000 a@b.test'],
  },
};

export const heartbeat: TargetFile = {
  name: 'heartbeat',
  open() {
    const bans = inMemoryBans();
    const topics = new Topics();
    topics.add({ name: 'bans', look: bans.look, all: bans.all, take: (items) => bans.take(items) });
    return {
      name: 'heartbeat',
      seeds: [
        Buffer.from(JSON.stringify(beat)),
        Buffer.from(
          `1 key inbound/a.test run outbound/b.test - 1 1798761600000 ${'n'.repeat(22)} ${'s'.repeat(43)}`,
        ),
      ],
      words: [
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        'null',
        '1e999',
        '-0',
        '"',
        '"told":',
        '"bans":',
        '"__proto__":',
        '\\u0000',
        '0.0.0.0/0',
        '::/0',
        '"until":',
        ' ',
      ],
      longestBytes: 16 * 1024,
      budgetMs: 200,
      run(input) {
        const read = parseBeat(input);
        if (read) {
          must(
            isDeepStrictEqual(parseBeat(formatBeat(read)), read),
            'a beat that is written down reads as another',
          );
          for (const items of Object.values(read.told))
            must(
              items.every(({ length }) => length <= MAX_ITEM),
              'an item is too long',
            );
          topics.take(read.told);
        }
        const seal = parseSeal(input.toString());
        if (seal)
          must(
            Object.values(seal.seal).every((value) => !/[\r\n]/.test(String(value))),
            'a seal holds a line end',
          );
      },
      close: () => bans.close(),
    };
  },
};

const inMemoryBans = (): Bans =>
  openBans({
    path: '/nowhere/bans',
    keeps: false,
    clock: { now: () => 1_798_761_600_000 },
    onFault: () => undefined,
  });
