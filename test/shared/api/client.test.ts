import { serve } from '@mailpair/shared/api/api';
import { askRunning } from '@mailpair/shared/api/ask';
import { clientOf, type Client } from '@mailpair/shared/api/client';
import { readParameters } from '@mailpair/shared/api/parameters';
import type { Ask } from '@mailpair/shared/api/route';
import { allRoutes } from '@mailpair/shared/api/table';
import { apiCaller } from '@mailpair/shared/platform/http/api-caller';
import { openHttp, type HttpListener } from '@mailpair/shared/platform/http/http';
import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';

const token = 'secret of the test';

describe('The client of /api', () => {
  let http: HttpListener;
  let client: Client;
  let asked: { readonly path: string; readonly given: object };

  /** Keeps what a route was asked, as it reads it. */
  const ask: Ask = async (route, given) => {
    asked = { path: `${route.method} ${route.path}`, given: readParameters(route.parameters, given) };
    return {} as never;
  };

  before(async () => {
    const listen = { host: '127.0.0.1', port: 0 };
    const routes = allRoutes.map((route) => serve({ ...route, answer: 'json' }, ask));
    http = await openHttp({ listen, token, isOwnHost: (name) => name === '127.0.0.1', routes });
    client = clientOf(askRunning(apiCaller(http.address, token)));
  });
  after(() => http.close());

  it('asks each route by its own path and method', async () => {
    await client.queue.remove({ id: '0A1' });
    expect(asked).to.deep.equal({ path: 'DELETE /queue/:id', given: { id: '0A1' } });
    await client.queue.retry({ all: true });
    expect(asked).to.deep.equal({
      path: 'POST /queue/retry',
      given: { id: undefined, domain: undefined, all: true },
    });
    await client.submitters.release({ name: 'anna', perMinute: 7 });
    expect(asked).to.deep.equal({ path: 'POST /submitters/release', given: { name: 'anna', perMinute: 7 } });
  });

  it('brings every text unchanged, in path, query and body', async () => {
    const some = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(some, some, fc.array(some), async (id, to, recipients) => {
        fc.pre(encodeURIComponent(id).length <= 100 && !/^\.+$/.test(id));
        await client.quarantine.release({ id, to });
        expect(asked.given).to.deep.equal({ id, to });
        await client.localServers.check({ recipients });
        expect(asked.given).to.deep.equal({ recipients });
      }),
      { numRuns: 50 },
    );
  });

  it('fills in what is usual, and says what is wrong', async () => {
    await client.queue.page();
    expect(asked.given).to.include({ limit: 100, after: undefined });
    const refused = await client.queue.page({ limit: 1_001 }).then(
      () => expect.fail('it was answered'),
      (error: Error) => error.message,
    );
    expect(refused).to.match(/says 400: limit is a number from 1 to 1000, not 1001$/);
  });
});
