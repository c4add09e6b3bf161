import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChecking, type Checking } from '@mailpair/shared/filter/pipeline/checking';
import { checksOf } from '@mailpair/shared/filter/pipeline/registry';
import type { Settings } from '@mailpair/shared/config/settings';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import { Topics } from '@mailpair/shared/platform/topics';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { minimal, readText } from '../../config/reading.ts';

const settingsOf = (text: string): Settings => readText(`${text}\n${minimal()}`).settings!;
const everything = `
lists: { deny: [{ zone: zen.test }], domains: [{ zone: dom.test, ask: [sender, urls] }] }
clamav: { servers: ["127.0.0.1:3310"] }
rspamd: { servers: ["127.0.0.1:11333"] }
greylist: { mode: everyone }
`;

describe('what is learnt and checked, as configured', () => {
  const directory = mkdtempSync(join(tmpdir(), 'checking-'));
  const resolver = createResolver({ servers: ['127.0.0.1:1'], timeoutMs: 1_000 });
  let settings = settingsOf(everything);
  let checking: Checking;

  before(async () => {
    checking = await openChecking({
      settings: () => settings,
      ...{ host: 'mx.example.com', directory, resolver, topics: new Topics(), log: silentLog },
      clock: { now: () => Date.now() },
      passwordIn: () => '',
      metrics: createMetrics('inbound'),
      charge: () => ({ name: 'a', counts: { messages: 0, recipients: 0 } }) as never,
    });
  });
  after(async () => {
    await checking.close();
    resolver.close();
    rmSync(directory, { recursive: true });
  });

  it('has a learner for every fact that a check needs, and one only', () => {
    const learnt = checking.learners().map(({ name }) => name);
    expect(new Set(learnt).size).to.equal(learnt.length);
    for (const { name, needs } of checking.checks()) expect(learnt, name).to.include.members([...needs]);
  });

  it('asks who is new to come back only when all others have been heard', () => {
    expect(checksOf(settings).at(-1)?.name).to.equal('greylist');
  });

  it('follows the settings', () => {
    expect(checking.lists().map(({ name }) => name)).to.have.length(2);
    expect(checking.engines()).to.have.length(2);
    settings = settingsOf('greylist: { mode: off }');
    checking.reload();
    expect([...checking.lists(), ...checking.engines()]).to.deep.equal([]);
    const learnt = checking.learners().map(({ name }) => name);
    expect(learnt).to.include('content').and.not.include.members(['greylist', 'virus', 'addressLists']);
  });
});
