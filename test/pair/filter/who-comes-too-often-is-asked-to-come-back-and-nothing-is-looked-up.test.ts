import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually, metricOf } from '../../support/heartbeat.ts';
import { addressList } from '../../support/list-zone.ts';
import { WORKERS } from '../../support/pair.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('who comes too often is asked to come back, and nothing is looked up for it', () => {
  const pair = useProxiedPair({
    config: {
      'rates.connectionsPerClient': '2/1h',
      'rates.messagesPerSender': '3/1h',
      'lists.deny': [{ zone: 'bl.test', score: 3 }],
    },
    zone: addressList('bl.test', {}),
  });

  const codesOf = async (address: string, ...lines: string[]): Promise<number[]> => {
    const client = await pair().clientAt(address);
    const codes: number[] = [];
    for (const line of lines) codes.push((await client.say(line)).code);
    await client.quit();
    return codes;
  };
  const mail = ['MAIL FROM:<a@sender.test>', 'RSET'];

  it('a sender, whichever address it comes from', async () => {
    expect(await codesOf('192.0.2.7', ...mail, ...mail)).to.deep.equal([250, 250, 250, 250]);
    expect(await codesOf('198.51.100.7', ...mail)).to.deep.equal([250, 250]);
    let host = 100;
    const codes = await eventually(
      () => codesOf(`203.0.113.${(host += 1)}`, ...mail, 'MAIL FROM:<b@sender.test>'),
      ([first]) => WORKERS === 1 || first === 450,
    );
    expect(codes).to.deep.equal([450, 250, 250]);
  });

  it('a client, before a session begins', async () => {
    expect(await pair().greetingAt('192.0.2.8')).to.include({ code: 220 });
    expect(await pair().greetingAt('192.0.2.8')).to.include({ code: 220 });
    const others: number[] = [];
    const { text } = await eventually(
      () => pair().greetingAt('192.0.2.8'),
      ({ code }) => others.push(code) > 0 && code === 421,
    );
    if (WORKERS === 1) expect(others).to.deep.equal([421]);
    expect(text).to.match(
      /^4\.7\.0 Too many connections from your address, please try again in \d+ minutes$/,
    );
    expect(await metricOf(pair(), 'inbound', 'clients_limited_total', { what: 'connections' })).to.equal(1);
  });

  it('while its address is in no query of ours, and those of who is heard are', async () => {
    await codesOf('203.0.113.9', 'MAIL FROM:<c@sender.test>', 'RCPT TO:<anna@example.com>');
    expect(pair().dns.count('9.113.0.203.bl.test')).to.equal(1);
    expect(pair().dns.count('8.2.0.192.bl.test')).to.equal(0);
  });

  it('nobody of this site', async () => {
    for (let count = 0; count < 4; count += 1)
      expect(await pair().greetingAt('10.1.2.3')).to.include({ code: 220 });
  });
});
