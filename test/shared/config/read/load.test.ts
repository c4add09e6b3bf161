import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'the load',
  `
    load: { budget: 80 }
    load.budget | 80 | is not a number from 0.2 to 1 | write a number from 0.2 to 1
    load: { budget: 0.9, limit: 0.9 }
    load.limit | 0.9 | is not above load.budget | write more than 0.9
    load: { shed: maybe }
    load.shed | maybe | is neither true nor false | write true or false
    load: { limits: 0.9 }
    load.limits | 0.9 | is an unknown key | limit
  `,
);

describe('the load in the configuration', () => {
  it('is shed between eight tenths and all but a twentieth unless told otherwise', () => {
    expect(readText(minimal()).settings?.load).to.deep.equal({
      budget: 0.8,
      limit: 0.95,
      shed: true,
      submissionWaitMs: 200,
    });
  });

  it('can be set', () => {
    const { settings } = readText(
      `load: { budget: 0.5, limit: 0.6, shed: false, submissionWait: 0s }\n${minimal()}`,
    );
    expect(settings?.load).to.deep.equal({ budget: 0.5, limit: 0.6, shed: false, submissionWaitMs: 0 });
  });
});
