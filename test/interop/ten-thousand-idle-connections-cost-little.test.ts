/** Of memory of its own, which no other process shares and no file is behind: heap, stacks, what libuv and OpenSSL take. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { skipBecause } from '../support/skip.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { usePair } from '../support/use-pair.ts';
import { printFigures } from './figures.ts';
import { watchMemory } from './memory.ts';

const CONNECTIONS = 10_000;
const AT_A_TIME = 50;
const LIMIT_KB = 8;
/** What this process and the gateway have open besides. */
const OTHER_FILES = 500;

describe(`${CONNECTIONS} connections that say nothing after EHLO`, () => {
  const pair = usePair({
    start: ['inbound'],
    config: {
      'limits.connections': 2 * CONNECTIONS,
      'limits.connectionsPerClient': 2 * CONNECTIONS,
      'smtp.commandTimeout': '30m',
    },
  });

  it(`cost at most ${LIMIT_KB} KB each, and mail comes in beside them`, async function () {
    const files = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (Number(files) < CONNECTIONS + OTHER_FILES)
      skipBecause(this, `a process may have ${files} files open: ulimit -Hn ${CONNECTIONS + OTHER_FILES}`);
    const { inbound, mxIn, local } = pair();
    for (let warmUp = 0; warmUp < 300; warmUp += 1) await (await SmtpClient.greet(mxIn)).quit();

    const before = watchMemory(inbound.pid).end().most;
    const clients: SmtpClient[] = [];
    while (clients.length < CONNECTIONS)
      clients.push(...(await Promise.all(Array.from({ length: AT_A_TIME }, () => SmtpClient.greet(mxIn)))));
    const after = watchMemory(inbound.pid).end().most;

    const each = ((after.RssAnon - before.RssAnon) * 1024) / CONNECTIONS;
    printFigures(`${each.toFixed(1)} KB each; VmRSS ${before.VmRSS} MB before, ${after.VmRSS} MB with them`);
    const last = clients.at(-1)!;
    for (const said of ['MAIL FROM:<a@example.net>', 'RCPT TO:<b@example.com>', 'DATA']) await last.say(said);
    expect((await last.say('Subject: x\r\n\r\nx\r\n.')).code).to.equal(250);
    expect(local.deliveries).to.have.lengthOf(1);
    expect(each).to.be.at.most(LIMIT_KB);
    for (const client of clients) client.destroy();
  });
});
