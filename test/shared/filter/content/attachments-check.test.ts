import { expect } from 'chai';
import { describe, it } from 'mocha';
import { attachmentsCheck, type AttachmentPolicy } from '@mailpair/shared/filter/content/attachments-check';
import type { AttachmentFacts } from '@mailpair/shared/platform/values/content';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { factsWith } from '../../../support/inquiries.ts';

const none: AttachmentPolicy = {
  roles: ['mx'],
  refuse: [],
  quarantine: [],
  suspect: [],
  score: 4,
  unopened: 'accept',
  onFault: 'accept',
};
const file = (name: string, more: Partial<AttachmentFacts> = {}): AttachmentFacts => ({
  name,
  declaredType: 'application/octet-stream',
  looksLike: '',
  sizeBytes: 1,
  depth: 0,
  ...more,
});
const judge = (
  policy: Partial<AttachmentPolicy>,
  ...attachments: readonly AttachmentFacts[]
): readonly Finding[] =>
  attachmentsCheck({ ...none, ...policy }).judge(
    factsWith({ content: { faults: [], from: [], subject: '', messageId: '', attachments, unread: [] } }),
  );

describe('the check of attachments', () => {
  it('finds nothing where nothing is named, or nothing fits', () => {
    expect(judge({}, file('a.exe'))).to.deep.equal([]);
    expect(judge({ refuse: ['*.iso', 'video/*'] }, file('a.exe'))).to.deep.equal([]);
  });

  it('refuses, and says what and why', () => {
    const [finding] = judge({ refuse: ['*.exe'] }, file('x.zip'), file('x.zip/Sälary.EXE', { depth: 1 }));
    expect(finding).to.deep.include({
      rule: 'attachments.refuse',
      evidence: 'x.zip/Sälary.EXE: *.exe',
      verdict: 'reject',
    });
    expect(finding?.reply).to.include({
      code: 550,
      text: 'Attachment x.zip/S?lary.EXE is not taken here (*.exe)',
    });
  });

  it('quarantines, and counts what is suspect once', () => {
    const attachments = [
      file('a.docm', { macros: true }),
      file('b.exe'),
      file('c.exe'),
      file('d.exe'),
      file('e.exe'),
    ];
    expect(judge({ quarantine: ['is:macros'], suspect: ['is:executable'] }, ...attachments)).to.deep.equal([
      { rule: 'attachments.quarantine', score: 0, evidence: 'a.docm: is:macros', verdict: 'quarantine' },
      { rule: 'attachments.suspect', score: 4, evidence: 'b.exe, c.exe, d.exe and 1 more: is:executable' },
    ]);
  });

  it('says what could not be opened, and does what was asked for then', () => {
    const damaged = file('a.zip', { unopened: 'it is damaged' });
    expect(judge({}, damaged)).to.deep.equal([
      { rule: 'attachments.unopened', score: 0, evidence: 'a.zip: it is damaged', missing: true },
    ]);
    expect(judge({ unopened: 'quarantine' }, damaged)[0]).to.include({ verdict: 'quarantine' });
    expect(judge({ unopened: 'reject' }, damaged)[0]).to.include({ verdict: 'reject' });
  });
});
