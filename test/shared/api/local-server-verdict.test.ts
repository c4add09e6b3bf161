import { judgeLocalServer } from '@mailpair/shared/api/local-server-verdict';
import type { LocalServerCheck } from '@mailpair/shared/gateway/dispatch/check-servers';
import type { ServerSession } from '@mailpair/shared/smtp/client/check-server';
import { parseReply } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const VALID = 'postmaster@example.com';
const INVALID = 'mailpair-check-0@example.com';
const SOURCE = '10.0.0.2';

/** Replies to the valid and to the invalid recipient; null where the session broke. */
const asked = (...replies: readonly (string | null)[]): ServerSession => ({
  kind: 'asked',
  source: SOURCE,
  tls: null,
  answers: replies.map((reply, at) => ({
    recipient: at === 0 ? VALID : INVALID,
    reply: reply === null ? null : parseReply(reply),
    fault: reply === null ? 'mail.internal lost the connection' : null,
  })),
});

const unreached = (
  fault: 'refused' | 'tls' | 'dns' | 'unavailable',
  reply: string | null = null,
  source: string | null = SOURCE,
): ServerSession => ({
  kind: 'unreached',
  stage: 'connect',
  fault,
  reason: 'the reason',
  reply: reply === null ? null : parseReply(reply),
  source,
});

const judge = (
  session: LocalServerCheck['session'],
  verify: LocalServerCheck['verify'] = 'callforward',
  sources: readonly string[] = [],
) =>
  judgeLocalServer(
    { server: 'mail.internal:25', domain: 'example.com', verify, valid: [VALID], invalid: INVALID, session },
    sources,
  );

describe('the verdict on a local server', () => {
  const cases: readonly (readonly [string, ServerSession, string, RegExp?, RegExp?])[] = [
    ['takes the one and refuses the other', asked('250 2.1.5 OK', '550 5.1.1 Nobody'), 'well'],
    ['refuses the other without an enhanced code', asked('250 OK', '550 Nobody'), 'well'],
    [
      'refuses both for the client',
      asked('554 5.7.1 Access denied', '554 5.7.1 Access denied'),
      'refuses-gateway',
      /^REFUSES this gateway: 554 5\.7\.1 Access denied$/,
      /^add 10\.0\.0\.2 to .*mailpair smarthost/,
    ],
    [
      'refuses both without an enhanced code',
      asked('550 Rejected', '550 Rejected'),
      'refuses-gateway',
      /550 Rejected/,
      /or name a recipient that exists with --recipient$/,
    ],
    ['refuses the first and closes', asked('554 5.7.1 Go away'), 'refuses-gateway'],
    [
      'refuses by its greeting',
      unreached('unavailable', '554 5.7.1 No'),
      'refuses-gateway',
      /554 5\.7\.1 No/,
    ],
    [
      'wants a password',
      asked('530 5.7.0 Authenticate', '530 5.7.0 Authenticate'),
      'refuses-gateway',
      /530/,
      /tls: encrypt/,
    ],
    ['defers both', asked('450 4.7.1 Greylisted', '450 4.7.1 Greylisted'), 'defers', /450/, /greylisting/],
    ['is busy', unreached('unavailable', '421 4.3.2 Busy'), 'defers', /421/],
    [
      'does not know the valid one',
      asked('550 5.1.1 Nobody', '550 5.1.1 Nobody'),
      'refuses-recipient',
      /refuses postmaster@example\.com: 550/,
      /--recipient/,
    ],
    ['has the mailbox full', asked('552 5.2.2 Full', '550 5.1.1 Nobody'), 'refuses-recipient'],
    ['refuses the valid one alone', asked('550 5.7.1 Not for you', '550 5.1.1 Nobody'), 'refuses-recipient'],
    [
      'takes everybody',
      asked('250 OK', '250 OK'),
      'accepts-everyone',
      /callforward/,
      /recipients\.verify: file/,
    ],
    [
      'defers what it does not know',
      asked('250 OK', '450 4.1.1 Unverified'),
      'unclear-refusal',
      /450/,
      /550 5\.1\.1/,
    ],
    [
      'refuses what it does not know for another reason',
      asked('250 OK', '554 5.7.1 Denied'),
      'unclear-refusal',
    ],
    ['breaks the session', asked(null), 'unreachable', /lost the connection/],
    ['breaks it later', asked('250 OK', null), 'unreachable', /lost the connection/],
    ['does not listen', unreached('refused', null, null), 'unreachable', /the reason/, /mail\.internal:25/],
    ['has no address', unreached('dns'), 'unreachable', /the reason/, /DNS/],
    ['has a bad certificate', unreached('tls'), 'tls', /the reason/, /certificate/],
  ];
  for (const [what, session, kind, text = /^/, fix = /^/] of cases)
    it(`of one that ${what} is ${kind}`, () => {
      const verdict = judge(session);
      expect(verdict.kind).to.equal(kind);
      if (verdict.kind === 'well') return;
      expect(verdict.text).to.match(text);
      expect(verdict.fix).to.match(fix);
    });

  it('lets it take everybody where no call-forward asks it', () => {
    expect(judge(asked('250 OK', '250 OK'), 'file').kind).to.equal('well');
    expect(judge(asked('250 OK', '450 4.1.1 Later'), 'none').kind).to.equal('well');
  });

  it('names the configured source address where there was no connection', () => {
    const session = unreached('refused', null, null);
    expect(judge(session, 'callforward', ['192.0.2.10']))
      .to.have.property('fix')
      .that.includes('192.0.2.10');
  });

  it('is none of one whose turn did not come', () => {
    expect(judge({ kind: 'not-asked' }).kind).to.equal('not-asked');
  });
});
