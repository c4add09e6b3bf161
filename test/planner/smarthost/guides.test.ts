import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { PairFacts } from '@mailpair/planner/smarthost/facts';
import { composeGuide, composeGuideJson } from '@mailpair/planner/smarthost/guide';
import { localServerKinds } from '@mailpair/planner/smarthost/servers';

const facts: PairFacts = {
  relay: { host: 'mx-out.example.com', port: 1587, tls: 'starttls', address: null },
  fallback: { host: 'mx-in.example.com', port: 1587, tls: 'starttls', address: null },
  verify: true,
  credentials: true,
  pair: ['192.0.2.10', '192.0.2.20', '2001:db8::20'],
  refusal: 'Mail comes by the pair only',
  notes: ['Mind this.'],
};

const textOf = (name: string, changes: Partial<PairFacts> = {}): string => {
  const all = { ...facts, ...changes };
  return composeGuide(localServerKinds.find((kind) => kind.name === name)!.guide(all), all.notes);
};

for (const { name, guide } of localServerKinds)
  describe(`the guide for ${name}`, () => {
    const sends = name !== 'exchange-online';

    it('names where to send, unless it cannot, and every address of the pair that it can hold', () => {
      const text = textOf(name);
      if (sends) expect(text).to.match(/mx-out\.example\.com[\s\S]*1587|1587[\s\S]*mx-out\.example\.com/);
      for (const address of facts.pair)
        if (sends || !address.includes(':')) expect(text, address).to.include(address);
    });

    it('asks for user name and password only where the server logs in', () => {
      const wanted = /--password-file|PASSWORD|Get-Credential/;
      if (sends) expect(textOf(name)).to.match(wanted);
      const without = guide({ ...facts, credentials: false }).apply.map(({ code }) => code);
      expect(without.join('\n')).not.to.match(wanted);
    });

    it('begins and ends with the check of the local servers', () => {
      const text = textOf(name);
      expect(text).to.match(/^(#.*\n)*\n# == Before ==\n#[^]*?\n# {5}mailpair local-servers check\n/);
      expect(text).to.match(/\n# == To test ==\n(#.*\n)*# {5}mailpair local-servers check .*all is well\n/);
    });

    it('has no password to be filled in where it is a script', () => {
      const { language, apply } = guide(facts);
      if (language !== 'sh') return;
      expect(apply[0]!.text).to.include('sh SCRIPT --user NAME --password-file FILE');
      const others = apply.slice(1).map(({ code }) => code);
      expect(others.join('\n')).not.to.match(/\bUSER\b|\bPASSWORD\b/);
    });

    it('ends with how to test, how to undo and what to mind', () => {
      expect(textOf(name)).to.match(
        /\n# == To test ==\n#[^]*\n# == To undo ==\n#[^]*\n# == To mind ==\n# - Mind this\.\n$/,
      );
    });

    it('has nothing but comments where there is nothing to run', () => {
      const text = textOf(name);
      const tail = text.slice(text.indexOf('# == To test =='));
      for (const line of tail.split('\n')) expect(line).to.match(/^(#.*)?$/);
      if (guide(facts).language === 'screen')
        for (const line of text.split('\n')) expect(line).to.match(/^(#.*)?$/);
    });

    it('gives its parts as JSON', () => {
      const parts = JSON.parse(composeGuideJson(guide(facts), facts.notes)) as Record<string, unknown>;
      expect(parts).to.include.keys(
        'server',
        'title',
        'language',
        'before',
        'apply',
        'test',
        'undo',
        'notes',
      );
      expect(parts.server).to.equal(name);
    });

    if (guide(facts).language === 'sh')
      for (const [what, changes] of Object.entries({
        'logged in': {},
        trusted: { credentials: false, verify: false, fallback: null },
        'at an address': { relay: { ...facts.relay, address: '10.0.0.3' } },
        'without TLS': { relay: { ...facts.relay, tls: 'none' as const }, verify: false, credentials: false },
      }))
        it(`is a shell script, ${what}`, () => {
          const { status, stderr } = spawnSync('sh', ['-n'], {
            input: textOf(name, changes),
            encoding: 'utf8',
          });
          expect(status, stderr).to.equal(0);
          const undo = spawnSync('sh', ['-n'], {
            input: guide({ ...facts, ...changes }).undo.code,
            encoding: 'utf8',
          });
          expect(undo.status, undo.stderr).to.equal(0);
        });
  });

describe('a guide', () => {
  for (const name of ['exchange', 'sendmail', 'zimbra'])
    it(`for ${name}, which cannot begin with TLS, says what listener to add`, () => {
      const relay = { ...facts.relay, port: 465, tls: 'implicit' as const };
      expect(() => textOf(name, { relay })).to.throw('add one on port 587 to outbound.listen.submission');
    });

  it('leads to the address where DNS does not', () => {
    const relay = { ...facts.relay, address: '10.0.0.3' };
    expect(textOf('postfix', { relay })).to.include('relayhost = [10.0.0.3]:1587');
    expect(textOf('sendmail', { relay })).to.include("echo '10.0.0.3 mx-out.example.com' >>/etc/hosts");
  });

  it('for sendmail lists IPv6 addresses in both forms, as Sendmail writes one of them', () => {
    expect(textOf('sendmail')).to.include('\nIPv6:2001:db8::20\nIPv6:2001:db8:0:0:0:0:0:20\n');
  });

  it('for sendmail falls back only to the same port', () => {
    const fallback = { ...facts.fallback!, port: 2587 };
    expect(textOf('sendmail')).to.include('`relay:[mx-out.example.com]:[mx-in.example.com]');
    expect(textOf('sendmail', { fallback })).to.include("`relay:[mx-out.example.com]'");
  });
});
