import { serve } from '@mailpair/shared/api/api';
import { askAll, askHere } from '@mailpair/shared/api/ask';
import type { Sides } from '@mailpair/shared/api/sides';
import { localServers } from '@mailpair/shared/api/routes/local-servers';
import { Answer } from '@mailpair/shared/platform/http/http-answer';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('POST /local-servers/check', () => {
  const asked: (readonly string[])[] = [];
  const sides = {
    localServers: () => ({
      async check(recipients: readonly string[]) {
        asked.push(recipients);
        return [];
      },
      settings: () => ({ domains: [{ name: 'example.com', localServers: [], verify: { by: 'none' } }] }),
    }),
  } as unknown as Sides;
  const route = serve(localServers.check, askAll([askHere(sides)], sides));
  const post = async (body: unknown): Promise<unknown> =>
    route.run({ params: {}, query: {}, body, octets: Buffer.alloc(0), headers: {}, client: '' });

  it('asks about recipients of hosted domains', async () => {
    expect(await post({ recipients: ['anna@example.com'] })).to.deep.equal({ checks: [] });
    expect(asked).to.deep.equal([['anna@example.com']]);
  });

  for (const [what, body] of Object.entries({
    'no body': undefined,
    'no list': { recipients: 'anna@example.com' },
    'a foreign domain': { recipients: ['anna@example.net'] },
    'a second command': { recipients: ['anna>\r\nDATA@example.com'] },
    'a quoted local part': { recipients: ['"a b"@example.com'] },
    'an address beyond ASCII': { recipients: ['änna@example.com'] },
    'no text': { recipients: [null] },
    'too many': { recipients: Array<string>(101).fill('anna@example.com') },
  }))
    it(`refuses ${what}`, async () => {
      const before = asked.length;
      const answer = await post(body);
      expect(answer).to.be.instanceOf(Answer);
      expect((answer as Answer).status).to.equal(400);
      expect(asked).to.have.length(before);
    });
});
