import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../reading.ts';

const told = (text: string) => readText(text).faults.map(({ path, seen, fix }) => [path, seen, fix]);

describe('YAML syntax errors', () => {
  it('name file, line and column, show the line, and give a hint', () => {
    expect(told('domains:\n\t- a.test\n')).to.deep.equal([
      ['mailpair.yaml:2:1', '\t- a.test', 'indent with spaces, YAML takes no tabs'],
    ]);
    expect(told('user: a\ninbound: { listen: [[::]:25] }')).to.deep.equal([
      ['mailpair.yaml:2:21', 'inbound: { listen: [[::]:25] }', 'write IPv6 addresses in quotes: "[::]:25"'],
    ]);
    expect(told('routes: { *: smtp://h }')[0]?.[2]).to.equal('write "*" in quotes');
    expect(told('routes:\n  a.test: *h\n')[0]).to.deep.equal([
      'mailpair.yaml:2:11',
      '  a.test: *h',
      'write "*" in quotes',
    ]);
    expect(told('user: @me')[0]?.[2]).to.equal('write values that start with @, % or ` in quotes');
    expect(told('user: a\nuser: b')[0]?.slice(0, 2)).to.deep.equal(['mailpair.yaml:2:1', 'user: b']);
    expect(told('user: a\n---\nuser: b')[0]?.[2]).to.equal('remove the line ---');
    expect(told('smtp:\n  - b\n c: 1')[0]?.[2]).to.equal(
      'indent the keys of one group by the same number of spaces',
    );
    expect(told('user: "a')[0]?.[2]).to.include('check brackets, quotes');
  });

  it('include a list or a mapping as the name of a key, wherever it stands', () => {
    for (const [text, place] of [
      ['? [a]\n: b\n', '1:3'],
      ['domains:\n  - { name: { [a.test]: 1 } }\n', '2:15'],
      ['routes:\n  ? { ? { a: b } : c }\n  : d\n', '2:5'],
    ] as const)
      expect(told(text)[0]?.[0], text).to.equal(`mailpair.yaml:${place}`);
  });

  it('are told once a line', () => {
    expect(told('smtp:\n  x: 1\n   y: 2').map(([path]) => path)).to.deep.equal(['mailpair.yaml:2:6']);
  });

  it('keep the rest from being judged', () => {
    const { faults, settings } = readText(`smtp: { maxHops: x }\nuser: "a`);
    expect(faults).to.have.length(1);
    expect(settings).to.equal(undefined);
  });
});

describe('a configuration file', () => {
  it('must be a mapping', () => {
    expect(told('- a')).to.deep.equal([['mailpair.yaml', '["a"]', 'start with "domains: [example.com]"']]);
  });

  it('may be empty, and then everything is missing', () => {
    expect(told('').map(([path]) => path)).to.deep.equal([
      'domains',
      'inbound.host',
      'outbound.host',
      'localServers',
    ]);
  });

  it('may use anchors', () => {
    const { settings } = readText(`dns: { timeout: &t 7s }\nrecipients: { timeout: *t }\n${minimal()}`);
    expect(settings?.recipients.timeoutMs).to.equal(7000);
  });
});
