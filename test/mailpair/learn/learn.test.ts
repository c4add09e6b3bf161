import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

const mail = (n: number, words: string): string =>
  `From x@${n}.test Mon Jan  1 00:00:00 2026\nFrom: a@${words.slice(0, 4)}.test\nSubject: ${words} ${n}\n` +
  `Message-ID: <${n}@${words.slice(0, 4)}.test>\n\n${words} number ${n} ${words} and so on, ${words}\n\n`;

const mbox = (count: number, words: string): string =>
  Array.from({ length: count }, (_, n) => mail(n, words)).join('');

describe('mailpair learn', () => {
  let hosts: GatewayHosts;

  const run = (...argv: readonly string[]): Promise<Said> =>
    mailpair([...argv, '--config', hosts.config, '--set', 'bayes.minimum=20']);
  const put = (name: string, text: string): string => {
    writeFileSync(join(hosts.directory, name), text);
    return join(hosts.directory, name);
  };

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill('inbound');
    await hosts.fill('outbound');
  });

  afterEach(() => hosts.close());

  it('teaches both gateways, running or stopped, each message once', async () => {
    const spam = put('spam', mbox(25, 'cheap pills casino'));
    const gateway = await hosts.run('outbound');
    expect(await run('learn', 'spam', spam)).to.deep.equal({
      code: 0,
      out:
        'inbound: 25 messages are spam: 25 new, 0 were ham or taken back, 0 known\n' +
        'outbound: 25 messages are spam: 25 new, 0 were ham or taken back, 0 known\n',
      err: '',
    });
    expect(gateway.learning.status()).to.include({ spam: 25, ham: 0 });
    expect((await run('learn', 'spam', spam, '--role', 'outbound')).out).to.include(
      '0 new, 0 were ham or taken back, 25 known',
    );
    expect((await run('learn', 'status', '--role', 'outbound')).out).to.match(
      /^outbound: 25 messages of spam and 0 of ham, \d+ of at most 1000000 words; it does not judge: it has learnt/,
    );
  });

  it('judges when it has learnt enough, and says how well', async () => {
    await run('learn', 'spam', put('spam', mbox(25, 'cheap pills casino')));
    await run('learn', 'ham', put('ham', mbox(25, 'kernel patch review')));
    const { code, out } = await run('learn', 'status', '--role', 'inbound');
    expect(out).to.match(/: 25 messages of spam and 25 of ham, .*: 100 % of the spam, 0 % of the ham\n$/);
    expect(code).to.equal(0);
    const [first] = (await run('learn', 'status', '--json')).out.split('\n');
    expect(JSON.parse(first!)).to.include({ role: 'inbound', spam: 25, ham: 25, judges: true });
  });

  it('learns as ham what was spam, and forgets', async () => {
    const some = put('some', mbox(3, 'cheap pills casino'));
    await run('learn', 'spam', some, '--role', 'inbound');
    expect((await run('learn', 'ham', some, '--role', 'inbound')).out).to.include(
      '3 were spam or taken back',
    );
    expect(await run('learn', 'forget', some, '--role', 'inbound')).to.include({
      code: 0,
      out: 'inbound: 3 of 3 messages taken back; 0 had not been learnt\n',
    });
    expect(await run('learn', 'forget', some, '--role', 'inbound')).to.include({ code: 1 });
    expect(JSON.parse((await run('learn', 'status', '--json', '--role', 'inbound')).out)).to.include({
      spam: 0,
      ham: 0,
    });
  });

  it('knows a message that came back with the mark of the gateways', async () => {
    const came = 'From: a@b.test\nSubject: cheap pills\n\nBuy cheap pills now.\n';
    const back = 'X-Mailpair-Verdict: tag\n' + came.replace('Subject: ', 'Subject: [SPAM] ');
    const marks = ['--role', 'inbound', '--set', 'marks.subject="[SPAM]"'] as const;
    await run('learn', 'ham', put('came', came), ...marks);
    const said = await run('learn', 'spam', put('back', back), ...marks);
    expect(said.out).to.include('1 were ham or taken back');
  });

  it('says what is wrong', async () => {
    expect(await run('learn', 'spam')).to.include({ code: 2 });
    expect((await run('learn', 'spam', join(hosts.directory, 'none'))).err).to.include('none');
    expect(await run('learn', 'spam', put('empty', ''))).to.include({ code: 1 });
  });
});
