import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../reading.ts';

const fix = 'remove it, and start the program as that account; the systemd unit does';

describe('a removed key', () => {
  it('is a warning with its place and the fix, so that an upgrade does not stop mail', () => {
    const { settings, faults, warnings } = readText(`${minimal()}user: mailpair\ngroup: mailpair\n`);
    expect(faults).to.deep.equal([]);
    expect(settings).to.not.equal(undefined);
    const common = { seen: 'mailpair', problem: 'is removed, and ignored', fix };
    expect(warnings).to.deep.equal([
      { path: 'user', from: 'mailpair.yaml:5', ...common },
      { path: 'group', from: 'mailpair.yaml:6', ...common },
    ]);
  });

  it('is one in the environment and on the command line too', () => {
    const { faults, warnings } = readText(minimal(), {
      env: { MAILPAIR_USER: 'mailpair' },
      sets: ['group=mailpair'],
    });
    expect(faults).to.deep.equal([]);
    expect(warnings.map(({ path, fix: instead }) => [path, instead])).to.deep.equal([
      ['MAILPAIR_USER', fix],
      ['group', fix],
    ]);
  });
});
