import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createSessionId } from '@mailpair/shared/smtp/server/session-ids';

describe('the ids of sessions', () => {
  it('are 16 letters and digits, and never the same', () => {
    const ids = Array.from({ length: 5_000 }, createSessionId);
    for (const id of ids) expect(id).to.match(/^[0-9a-v]{16}$/);
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
