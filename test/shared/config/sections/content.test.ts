import { expect } from 'chai';
import { describe, it } from 'mocha';
import { contentFaults } from '@mailpair/shared/platform/values/content-faults';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'content and attachments',
  `
    attachments: { refuse: [exe] }
    attachments.refuse[0] | exe | has neither a dot nor a slash nor a star | write a name such as "*.iso"
    attachments: { refuse: ["is:exf"] }
    attachments.refuse[0] | is:exf | is nothing that a file can be found to be | write a name
    attachments: { suspect: [7] }
    attachments.suspect[0] | 7 | is no text | write a name
    attachments: { unopened: refuse }
    attachments.unopened | refuse | is not one of the known words | write
    attachments: { depth: 11 }
    attachments.depth | 11 | is not a whole number from 0 to 10 | write
    content: { scores: { no-form: 1 } }
    content.scores.no-form | 1 | is no fault that is looked for | write no-from
    content: { scores: { no-from: -1 } }
    content.scores.no-from | -1 | is not a number from 0 to 1000 | write
    content: { refuse: [duplicate-form] }
    content.refuse[0] | duplicate-form | is not one of the known words | write duplicate-from
  `,
);

describe('what is made of content and attachments', () => {
  it('refuses nothing, quarantines what hides and tags what runs, unless told otherwise', () => {
    const { settings } = readText(minimal());
    expect(settings?.content).to.deep.equal({ scores: contentFaults, refuse: [], onFault: 'defer' });
    expect(settings?.attachments).to.deep.include({
      refuse: [],
      quarantine: ['is:disguised', 'is:double-extension', 'is:right-to-left', 'is:bomb'],
      suspect: ['is:executable'],
      unopened: 'quarantine',
      depth: 3,
    });
  });

  it('takes scores in place of its own, and rules in any case', () => {
    const { settings } = readText(
      `${minimal()}content: { scores: { no-date: 0 } }\nattachments: { refuse: ["*.ISO", Video/*] }\n`,
    );
    expect(settings?.content.scores).to.deep.equal({ ...contentFaults, 'no-date': 0 });
    expect(settings?.attachments.refuse).to.deep.equal(['*.iso', 'video/*']);
  });
});
