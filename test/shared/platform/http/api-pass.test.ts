import { createHash } from 'node:crypto';
import { createPassCheck, formatPass, type PassedQuestion } from '@mailpair/shared/platform/http/api-pass';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('a pass for the API of another host', () => {
  const question: PassedQuestion = {
    method: 'POST',
    url: '/api/quarantine/A1/release?to=a',
    node: 'mx-in.example.com',
    body: '{"n":1}',
  };
  const sha256 = createHash('sha256').update(question.body).digest('base64url');
  let now = 1_000_000;
  const checkAt = (node = question.node, secrets = ['new secret', 'old secret']) =>
    createPassCheck(
      node,
      () => secrets,
      () => now,
    );
  const passBy = (secret: string): string => formatPass(question, secret, now);

  it('is good once, by any secret of the pair', () => {
    const check = checkAt();
    for (const secret of ['new secret', 'old secret']) {
      const pass = passBy(secret);
      expect(check(pass, question)).to.equal(sha256);
      expect(check(pass, question)).to.equal(undefined);
    }
  });

  it('is for one question to one node', () => {
    const check = checkAt();
    const pass = passBy('new secret');
    expect(check(pass, { ...question, method: 'DELETE' })).to.equal(undefined);
    expect(check(pass, { ...question, url: '/api/quarantine/A2/release?to=a' })).to.equal(undefined);
    expect(checkAt('mx-out.example.com')(pass, question)).to.equal(undefined);
    expect(check(pass, question)).to.equal(sha256);
  });

  it('vouches for one body', () => {
    const pass = passBy('new secret');
    const other = createHash('sha256').update('{"n":2}').digest('base64url');
    expect(checkAt()(pass.replace(sha256, other), question)).to.equal(undefined);
  });

  it('is not good by another secret, without any, or too early or late', () => {
    expect(checkAt()(passBy('their secret'), question)).to.equal(undefined);
    expect(checkAt(question.node, [])(passBy('new secret'), question)).to.equal(undefined);
    const check = checkAt();
    const pass = passBy('new secret');
    for (const away of [-121_000, 121_000]) {
      now += away;
      expect(check(pass, question)).to.equal(undefined);
      now -= away;
    }
    for (const odd of ['', 'Pass', 'Bearer x', `${pass}x`]) expect(check(odd, question)).to.equal(undefined);
  });

  it('is remembered for as long as it could be used again', () => {
    const check = checkAt();
    now += 100_000;
    const pass = passBy('new secret');
    now -= 100_000;
    expect(check(pass, question)).to.equal(sha256);
    now += 200_000;
    check('', question);
    expect(check(pass, question)).to.equal(undefined);
  });
});
