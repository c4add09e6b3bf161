import { expect } from 'chai';
import { describe, it } from 'mocha';
import { ed25519Pem, rsaPem, verify, writeKeys, zoneOf } from '../../support/dkim.ts';
import type { DnsZone } from '../../support/dns-server.ts';
import { composeMessage, type TestMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { arrived, composeOwn } from '../../support/own-mail.ts';
import { useSigningPair } from '../../support/signing-pair.ts';

const passes = ['pass rsa-sha256 example.com r', 'pass ed25519-sha256 example.com e'];

describe('what our users send is signed', () => {
  let zone: DnsZone = {};
  const pair = useSigningPair({ start: ['outbound', 'inbound'] }, (keys) => {
    writeKeys(keys, 'example.com', { r: rsaPem(), e: ed25519Pem() });
    zone = zoneOf(keys, 'example.com', ['r', 'e']);
  });

  async function delivered(message: TestMessage): Promise<Buffer> {
    const { internet, submission } = pair();
    await sendOnce(submission, message);
    await internet.until((all) => all.some(({ id }) => id === message.id));
    return arrived(
      internet.deliveries.find(({ id }) => id === message.id)!,
      message,
    );
  }

  for (const shape of [
    'plain',
    '8-bit',
    'every octet',
    'long lines',
    'dots',
    'blanks at line ends',
    'empty body',
    'multipart',
    'middling',
    '10 MB',
  ] as const)
    it(`${shape}, and verifies by RSA and by Ed25519`, async () => {
      const message = composeOwn(shape, { from: 'anna@example.com', to: ['bert@example.net'] });
      expect((await verify(await delivered(message), zone)).dkim).to.deep.equal(passes);
    });

  it('also for a subdomain', async () => {
    const message = composeOwn('plain', { from: 'app@hosts.example.com', to: ['bert@example.net'] });
    expect((await verify(await delivered(message), zone)).dkim).to.deep.equal(passes);
  });

  it('in the name of its author, not of its envelope', async () => {
    const to = ['bert@example.net'];
    const own = composeOwn('plain', { from: 'lists@example.net', to }, 'anna@example.com');
    expect((await verify(await delivered(own), zone)).dkim).to.deep.equal(passes);
    const others = composeOwn('plain', { from: 'anna@example.com', to }, 'carl@example.net');
    expect((await verify(await delivered(others), zone)).dkim).to.deep.equal([]);
  });

  it('mail from the internet is not', async () => {
    const { local, mxIn } = pair();
    const message = composeOwn('plain', { from: 'anna@example.com', to: ['bert@example.com'] });
    await sendOnce(mxIn, message);
    await local.until((all) => all.some(({ id }) => id === message.id));
    expect(local.deliveries.find(({ id }) => id === message.id)?.head).not.to.match(/DKIM/i);
  });

  it('and so are our own notices', async () => {
    const { local, internet, submission } = pair();
    internet.manners.rcpt = (to) => (to.startsWith('gone') ? '550 5.1.1 No such user' : undefined);
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['gone@example.net'] });
    await sendOnce(submission, message);
    await local.until((all) => all.some(({ id, isNotice }) => isNotice && id === message.id));
    const notice = local.deliveries.find(({ id, isNotice }) => isNotice && id === message.id)!;
    expect((await verify(Buffer.from(notice.head, 'latin1'), zone)).dkim).to.deep.equal(passes);
  });

  it('once: an attempt that fails and the next send the same signature', async () => {
    const { internet, submission } = pair();
    const heads: string[] = [];
    internet.manners.message = ({ head }) => (heads.push(head) === 1 ? '451 4.3.0 Later' : undefined);
    const message = composeOwn('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    await sendOnce(submission, message);
    await internet.until((all) => all.some(({ id }) => id === message.id));
    expect(heads).to.have.length(2);
    expect(heads[0]).to.equal(heads[1]);
    await queueOf(pair(), 'outbound', 0);
  });

  it('and is counted', async () => {
    const metrics = String(await pair().get('outbound', '/metrics'));
    expect(metrics).to.match(/^mailpair_dkim_messages_total\{result="signed",role="outbound"\} 1\d$/m);
    expect(metrics).to.match(/^mailpair_dkim_messages_total\{result="unsigned",role="outbound"\} [12]$/m);
    expect(metrics).to.match(/^mailpair_dkim_domain_up\{domain="example.com",role="outbound"\} 1$/m);
  });
});

describe('a key that cannot be used', () => {
  const pair = useSigningPair({ start: ['outbound'] }, (keys) =>
    writeKeys(keys, 'example.com', {}, ['lost']),
  );

  const own = (): TestMessage => composeOwn('plain', { from: 'anna@example.com', to: ['bert@example.net'] });

  it('lets mail go unsigned, with an alarm', async () => {
    const { internet, outbound, submission } = pair();
    const fault = await outbound.until(({ event }) => event === 'dkim.fault');
    expect(fault).to.deep.include({ domain: 'example.com', standing: 'fault', selectors: [] });
    expect(String(fault['faults'])).to.match(/example\.com\/lost\.pem: does not exist$/);
    const message = own();
    await sendOnce(submission, message);
    await internet.until((all) => all.some(({ id }) => id === message.id));
    expect(internet.deliveries.at(-1)?.head).not.to.include('DKIM');
    expect(await outbound.until(({ event }) => event === 'message.not-signed')).to.have.property('reason');
    expect(String(await pair().get('outbound', '/metrics'))).to.match(
      /^mailpair_dkim_domain_up\{domain="example.com",role="outbound"\} 0$/m,
    );
  });

  it('or makes the submitter come back, where told to, until the key is there', async () => {
    const { outbound, submission, configure, keys, internet } = pair();
    const reload = async (): Promise<void> => {
      const before = outbound.logged('gateway.reloaded').length;
      outbound.signal('SIGHUP');
      await outbound.until(() => outbound.logged('gateway.reloaded').length > before);
    };
    configure({ 'dkim.onFault': 'defer' });
    await reload();
    const { refused, deferrals } = await sendOnce(submission, own());
    expect([refused.size, deferrals]).to.deep.equal([0, 1]);
    writeKeys(keys, 'example.com', { lost: ed25519Pem() });
    await reload();
    const message = own();
    await sendOnce(submission, message);
    await internet.until((all) => all.some(({ id }) => id === message.id));
    const delivery = internet.deliveries.find(({ id }) => id === message.id)!;
    expect(
      (await verify(arrived(delivery, message), zoneOf(keys, 'example.com', ['lost']))).dkim,
    ).to.deep.equal(['pass ed25519-sha256 example.com lost']);
  });

  it('is missing too where a domain has none and dkim.require is set', async () => {
    const { outbound, submission, configure, internet } = pair();
    configure({ domains: ['example.com', 'example.org'], 'dkim.onFault': 'defer', 'dkim.require': true });
    const before = outbound.logged('gateway.reloaded').length;
    outbound.signal('SIGHUP');
    await outbound.until(() => outbound.logged('gateway.reloaded').length > before);
    const to = ['bert@example.net'];
    expect(
      (await sendOnce(submission, composeOwn('plain', { from: 'a@example.org', to }))).deferrals,
    ).to.equal(1);
    const foreign = composeOwn('plain', { from: 'a@example.net', to });
    await sendOnce(submission, foreign);
    await internet.until((all) => all.some(({ id }) => id === foreign.id));
  });
});
