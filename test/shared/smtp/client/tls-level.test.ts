import { describe, it } from 'mocha';
import { expect } from 'chai';
import {
  PLAIN_FOR_MS,
  requiringTls,
  stepAfterTlsFailure,
  tlsLevelNow,
} from '@mailpair/shared/smtp/client/tls-level';
import { hopTo } from './fixtures.ts';

const reason = 'TLS with mx.example failed: wrong version number';

describe('after TLS has failed', () => {
  it('opportunistic goes on in plain text, and remembers why and for how long', () => {
    const step = stepAfterTlsFailure(hopTo(25, { tls: 'opportunistic' }), reason, 1_000);
    expect(step).to.deep.equal({ kind: 'plain', hop: { reason, untilMs: 1_000 + PLAIN_FOR_MS } });
  });

  for (const tls of ['encrypt', 'verify'] as const)
    it(`${tls} defers with the reason and the level`, () => {
      const step = stepAfterTlsFailure(hopTo(25, { tls }), reason, 0);
      if (step.kind !== 'defer') return expect.fail('not deferred');
      expect(step.reply).to.include({ code: 451, enhanced: '4.7.5' });
      expect(step.reply.text).to.include(reason).and.to.include(`"${tls}"`);
      return undefined;
    });

  it('opportunistic with a password defers, so that it never goes over a plain session', () => {
    const hop = hopTo(25, { tls: 'opportunistic', auth: { user: 'u', password: 'p' } });
    expect(stepAfterTlsFailure(hop, reason, 0).kind).to.equal('defer');
  });

  it('a port that speaks TLS only has no plain session', () => {
    const hop = hopTo(465, { tls: 'opportunistic', implicitTls: true });
    expect(stepAfterTlsFailure(hop, reason, 0).kind).to.equal('defer');
  });
});

describe('the TLS level of now', () => {
  const plain = { reason, untilMs: 5_000 };

  it('is none for a hop known to fail, until that expires', () => {
    const hop = hopTo(25, { tls: 'opportunistic' });
    expect(tlsLevelNow(hop, plain, 4_999)).to.equal('none');
    expect(tlsLevelNow(hop, plain, 5_000)).to.equal('opportunistic');
    expect(tlsLevelNow(hop, undefined, 0)).to.equal('opportunistic');
  });

  it('is never lowered where TLS is required', () => {
    expect(tlsLevelNow(hopTo(25, { tls: 'encrypt' }), plain, 0)).to.equal('encrypt');
    expect(tlsLevelNow(hopTo(25, { tls: 'verify' }), plain, 0)).to.equal('verify');
  });
});

describe('a hop for a message with REQUIRETLS', () => {
  it('must prove its name, unless the operator trusts it with any certificate', () => {
    expect(requiringTls(hopTo(25, { tls: 'opportunistic' })).tls).to.equal('verify');
    expect(requiringTls(hopTo(25, { tls: 'none' })).tls).to.equal('verify');
    expect(requiringTls(hopTo(25, { tls: 'encrypt' })).tls).to.equal('encrypt');
  });
});
