import { expect } from 'chai';
import { describe, it } from 'mocha';
import { addressList, inList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('a list that lies is switched off and mail flows', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [
        { zone: 'world.test', verdict: 'reject' },
        { zone: 'refuses-us.test', verdict: 'reject' },
        { zone: 'gone.test', verdict: 'reject' },
        { zone: 'sound.test', score: 2 },
      ],
      'lists.onFault': 'defer',
      'lists.retest': '100ms',
    },
    zone: {
      ...addressList('world.test', { '127.0.0.1': ['127.0.0.2'], '192.0.2.7': ['127.0.0.2'] }),
      ...addressList('refuses-us.test', {
        '127.0.0.2': ['127.255.255.254'],
        '127.0.0.1': ['127.255.255.254'],
        '192.0.2.7': ['127.255.255.254'],
      }),
      ...addressList('sound.test'),
    },
  });

  async function rcpt(address: string): Promise<number> {
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    const { code } = await client.say('RCPT TO:<anna@example.com>');
    await client.quit();
    return code;
  }

  it('with an alarm in the log, in the details and in /metrics', async () => {
    expect(await rcpt('192.0.2.7')).to.equal(250);
    for (const [list, reason] of [
      ['world.test', 'lists 127.0.0.1'],
      ['refuses-us.test', '127.255.255.254'],
      ['gone.test', 'neither 127.0.0.2'],
    ] as const) {
      const line = await pair().inbound.until(
        ({ event, list: of }) => event === 'list.switched-off' && of === list,
      );
      expect(line).to.include({ level: 'error' });
      expect(line['reason']).to.include(reason);
    }
    const { lists } = (await pair().get('inbound', '/healthz/details')) as {
      lists: { name: string; standing: string }[];
    };
    expect(Object.fromEntries(lists.map(({ name, standing }) => [name, standing]))).to.deep.equal({
      'world.test': 'off',
      'refuses-us.test': 'off',
      'gone.test': 'off',
      'sound.test': 'sound',
    });
    const metrics = String(await pair().get('inbound', '/metrics'));
    expect(metrics).to.include('mailpair_list_up{list="world.test",role="inbound"} 0');
    expect(metrics).to.include('mailpair_list_up{list="sound.test",role="inbound"} 1');
  });

  it('until it is found to tell the truth again', async () => {
    const { dns, inbound } = pair();
    dns.remove(inList('127.0.0.1', 'world.test'));
    await inbound.until(({ event, list }) => event === 'list.switched-on' && list === 'world.test');
    expect(await rcpt('192.0.2.7')).to.equal(550);
    expect(await rcpt('192.0.2.8')).to.equal(250);
  });
});
