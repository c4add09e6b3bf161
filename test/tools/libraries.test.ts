import { expect } from 'chai';
import { describe, it } from 'mocha';
import { reportOf, type Outdated } from '../../tools/libraries.ts';

const outdated = (current: string, latest: string, more: Partial<Outdated> = {}): Outdated => ({
  current,
  latest,
  dependencyType: 'dependencies',
  ...more,
});

describe('the report on libraries', () => {
  it('is urgent when a library is a patch behind', () => {
    const { lines, isUrgent } = reportOf({ router: outdated('9.10.1', '9.10.2') }, []);
    expect(isUrgent).to.equal(true);
    expect(lines[1]).to.equal('  router 9.10.1 → 9.10.2, a patch behind');
  });

  it('names versions that bring something new, which can wait', () => {
    const newer = {
      a: outdated('6.0.3', '7.0.2', { dependencyType: 'devDependencies' }),
      b: outdated('7.5.5', '7.6.0'),
    };
    const { lines, isUrgent } = reportOf(newer, []);
    expect(isUrgent).to.equal(false);
    expect(lines.slice(1)).to.deep.equal(['  a 6.0.3 → 7.0.2 (development)', '  b 7.5.5 → 7.6.0']);
  });

  it('is urgent when a library has a known vulnerability, or is given up', () => {
    const advisory = {
      module_name: 'x',
      severity: 'high',
      title: 'runs code',
      patched_versions: '>=2',
      url: 'https://x.test',
    };
    const vulnerable = reportOf({}, [advisory]);
    expect(vulnerable).to.deep.equal({
      isUrgent: true,
      lines: ['Known vulnerabilities:', '  x: high: runs code, fixed in >=2 (https://x.test)'],
    });
    expect(reportOf({ y: outdated('1.0.0', '2.0.0', { isDeprecated: true }) }, []).isUrgent).to.equal(true);
  });

  it('says nothing when there is nothing to say', () => {
    expect(reportOf({}, [])).to.deep.equal({ lines: [], isUrgent: false });
  });
});
