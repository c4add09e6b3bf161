import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { ed25519Pem, rsaPem, verify, writeKeys, zoneOf } from '../../support/dkim.ts';
import type { DnsZone } from '../../support/dns-server.ts';
import { openSenders } from '../../support/senders.ts';
import { arrived, composeOwn } from '../../support/own-mail.ts';
import { useSigningPair } from '../../support/signing-pair.ts';

/** Every message is verified in the end: a machine that sends fast is not to be slow for it. */
const BETWEEN_MS = 40;

/** `s20261125b-rsa` as DNS had it at that moment, or the zone that a receiver would see then. */
interface Received {
  readonly octets: Buffer;
  readonly zone: DnsZone;
}

describe('keys change under traffic, and all mail can be verified when it arrives', () => {
  let published: DnsZone = {};
  const pair = useSigningPair({ start: ['outbound'] }, (keys) => {
    writeKeys(keys, 'example.com', { 'a-rsa': rsaPem(), 'a-ed25519': ed25519Pem() });
    published = zoneOf(keys, 'example.com', ['a-rsa', 'a-ed25519']);
  });

  it('from rotate to remove', async () => {
    const { dns, internet, outbound, submission, keys, configFile } = pair();
    const run = (...words: string[]): ReturnType<typeof mailpair> =>
      mailpair(['dkim', ...words, '--config', configFile]);
    const received: Received[] = [];
    const sent = new Map<string, ReturnType<typeof composeOwn>>();
    internet.manners.message = (delivery) => {
      received.push({ octets: arrived(delivery, sent.get(delivery.id)!), zone: published });
      return undefined;
    };
    const senders = openSenders({ targets: () => [submission], parallel: 4 });
    let flowing = true;
    const flow = (async () => {
      while (flowing) {
        const batch = Array.from({ length: 8 }, () =>
          composeOwn('plain', { from: 'anna@example.com', to: ['bert@example.net'] }),
        );
        for (const message of batch) sent.set(message.id, message);
        senders.send(...batch);
        await senders.idle();
        await pause(BETWEEN_MS);
      }
    })();

    expect((await run('rotate', '--selector', 'b')).code).to.equal(0);
    expect((await run('activate', '--resolver', dns.address)).code, 'not in DNS yet').to.equal(1);
    const selectors = readdirSync(join(keys, 'example.com'))
      .filter((name) => name.endsWith('.pem'))
      .map((name) => name.slice(0, -4));
    published = zoneOf(keys, 'example.com', selectors);
    for (const [name, records] of Object.entries(published)) dns.set(name, records);
    expect((await run('activate', '--resolver', dns.address)).code).to.equal(0);
    // Nobody tells the gateway; it looks.
    await outbound.until(
      ({ event, selectors }) => event === 'dkim.keys' && String(selectors) === 'b-rsa,b-ed25519',
    );
    const before = received.length;
    await internet.until(() => received.length > before + 20);
    const removal = await run('remove', '--selector', 'a-rsa', '--selector', 'a-ed25519', '--force');
    expect(removal.out).to.equal('a-rsa._domainkey.example.com\na-ed25519._domainkey.example.com\n');
    flowing = false;
    await flow;
    await internet.until((all) => all.length === sent.size);
    senders.close();

    const seen = new Set<string>();
    for (const { octets, zone } of received) {
      const { dkim } = await verify(octets, zone);
      for (const line of dkim) seen.add(line);
    }
    expect([...seen].sort()).to.deep.equal([
      'pass ed25519-sha256 example.com a-ed25519',
      'pass ed25519-sha256 example.com b-ed25519',
      'pass rsa-sha256 example.com a-rsa',
      'pass rsa-sha256 example.com b-rsa',
    ]);
  });
});
