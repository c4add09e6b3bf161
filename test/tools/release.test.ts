import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withAddresses } from '../../tools/addresses.ts';
import { releaseNotes } from '../../tools/release-notes.ts';

describe('The addresses in a package', () => {
  it('follow from the address of the repository', () => {
    for (const url of ['https://host.example/o/mailpair', 'https://host.example/o/mailpair.git/'])
      expect(withAddresses({ name: 'a' }, url, 'packages/a')).to.deep.equal({
        name: 'a',
        homepage: 'https://host.example/o/mailpair#readme',
        bugs: 'https://host.example/o/mailpair/issues',
        repository: {
          type: 'git',
          url: 'git+https://host.example/o/mailpair.git',
          directory: 'packages/a',
        },
      });
  });

  it('name no directory for the root, and replace older addresses', () => {
    const old = withAddresses({}, 'https://old.example/o/mailpair', '');
    expect(withAddresses(old, 'https://host.example/o/mailpair', '').repository).to.deep.equal({
      type: 'git',
      url: 'git+https://host.example/o/mailpair.git',
    });
  });

  it('are refused unless the address is an https URL', () => {
    for (const url of ['', 'git@host.example:o/mailpair', 'http://host.example/o', 'https://h.example/o#a'])
      expect(() => withAddresses({}, url, '')).to.throw();
  });
});

describe('The notes of a release', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n- New.\n\n## [1.2.0] - 2026-01-02\n\n### Fixed\n\n- Old.\n\n## 1.1.0\n';
  const versions = (version: string) =>
    new Map([
      ['mailpair', version],
      ['@mailpair/shared', version],
    ]);

  it('are the section of its version', () => {
    expect(releaseNotes('v1.2.0', versions('1.2.0'), changelog)).to.equal('### Fixed\n\n- Old.');
  });

  it('are refused if the section is missing or empty', () => {
    for (const version of ['1.1.0', '1.3.0', '2.0'])
      expect(() => releaseNotes(`v${version}`, versions(version), changelog)).to.throw(`"## ${version}"`);
  });

  it('are refused if a package has another version', () => {
    const mixed = new Map([...versions('1.2.0'), ['@mailpair/proving', '1.1.9']]);
    expect(() => releaseNotes('v1.2.0', mixed, changelog)).to.throw('@mailpair/proving has version 1.1.9');
  });
});
