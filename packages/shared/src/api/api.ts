/**
 * What /api gives: the queue and the state of the gateway, for the `mailpair` command and other tools.
 *
 *     GET    /status                          GatewayStatus
 *     GET    /next-hops                       { nextHops: NextHopTotals[] }; reads the whole queue
 *     GET    /queue?domain&sender&recipient&submitter&state&prefix&limit&after
 *                                             QueuePage: go on with `after` = `next` until that is null
 *     GET    /queue/lines                     all entries, one a line, as queue-lines.ts has them
 *     GET    /queue/ID                        Entry
 *     GET    /queue/ID/why                    Why
 *     GET    /queue/ID/message                message/rfc822: our header fields, then the octets as received
 *     POST   /queue/retry?id | domain | all   Changed; likewise /queue/hold and /queue/release
 *     POST   /queue/ID/hold, /queue/ID/release     Changed
 *     DELETE /queue/ID                        Entry as it was; no bounce is sent
 *     GET    /trace?about&limit               { traces: Trace[] }, about an id, a Message-ID or an address
 *     GET    /submitters                      { submitters: SubmitterView[] }; GET /submitters/show?name=NAME one
 *     GET    /senders                         { senders: SenderView[] }: what each does when it is refused (senders-api.ts)
 *     GET    /records?since                   lines of JSON as records/ has them; GET /dmarc/rows?day likewise (kept-lines.ts)
 *     POST   /local-servers/check             asks the local servers: local-servers-api.ts
 *     POST   /submitters/hold?name            likewise /submitters/release?name&perMinute, DELETE /submitters/held?name
 *
 * and what quarantine-api.ts and learning-api.ts say. The types are in queue-control.ts, queue-changes.ts, queue-item.ts,
 * queue-page.ts, queue-why.ts, submitter-control.ts and platform/values/entry.ts; times are ms since the epoch.
 * 404 when there is no such entry, 400 with `error` for a question that makes no sense. Ids are whole, not abbreviated.
 */
import { bodyOf } from '../smtp/server/message-data.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Route } from '../platform/http/http.ts';
import type { OperatorApi } from '../gateway/compose/operator-api.ts';
import { bansApi } from './bans-api.ts';
import { drainApi } from './drain-api.ts';
import { createGatewayClient } from './gateway-client.ts';
import { answerLines } from './json-lines.ts';
import { flushRecords, keptApi } from './kept-lines.ts';
import { learningApi } from './learning-api.ts';
import { localServersApi } from './local-servers-api.ts';
import { mergeQuarantines, mergeTraces } from './merged-mail.ts';
import { mergeQueues } from './merged-queue.ts';
import { quarantineApi } from './quarantine-api.ts';
import { quarantineClient } from './quarantine-client.ts';
import { createQuarantineControl } from './quarantine-control.ts';
import type { Changed, Selection } from './queue-changes.ts';
import { createQueueControl, type QueueControl } from './queue-control.ts';
import type { QueueFilter, QueueState } from './queue-item.ts';
import { traceApi, traceClient } from './reach-trace.ts';
import { reloadApi } from './reload-api.ts';
import { sendersApi } from './senders-api.ts';
import { submitterRoutes } from './submitter-api.ts';
import { createTraceControl } from './trace.ts';

export const operatorApi: OperatorApi = (parts) => {
  const { workers } = parts;
  const { role, host, dispatcher } = parts;
  const own = createQueueControl({
    ...parts,
    change: (id, how) => dispatcher.change(id, how),
    running: parts,
  });
  const ownQuarantine = createQuarantineControl({
    ...parts,
    incomingDirectory: parts.spool.incomingDirectory,
    async enqueue(entry, body) {
      await parts.spool.add(entry, body);
      dispatcher.wake(entry);
    },
    learn: (as, body) => parts.learning.learnBody(as, body),
    note: (event, about) => {
      parts.log.info(`quarantine.${event}`, about);
      parts.records.event({ event, ...about });
    },
  });
  const ownTraces = createTraceControl({ ...parts, flush: () => parts.records.flush() });
  const control = mergeQueues([own, ...workers.map((api) => createGatewayClient(api, role))]);
  const quarantine = mergeQuarantines(
    [ownQuarantine, ...workers.map((api) => quarantineClient(api, role, host))],
    (as, octets) => parts.learning.learnBody(as, bodyOf(octets)),
  );
  const traces = mergeTraces([ownTraces, ...workers.map((api) => traceClient(api, role, host))]);
  const get = (path: string, run: (id: string) => unknown): Route => ({
    method: 'GET',
    path,
    run: ({ params }) => run(params['id'] ?? ''),
  });
  const routes: readonly Route[] = [
    reloadApi(() => parts.reload(), workers),
    ...drainApi(parts.draining, () => parts.partners()),
    ...bansApi(parts.bans),
    sendersApi(parts.senders, parts.clock),
    localServersApi(parts.checkLocalServers, parts.settings),
    get('/status', () => control.status()),
    get('/next-hops', async () => ({ nextHops: await control.nextHops() })),
    { method: 'GET', path: '/queue', run: ({ query }) => listQueue(control, query) },
    get('/queue/lines', () => answerLines(control.lines())),
    get('/queue/:id', (id) => control.show(id)),
    get('/queue/:id/why', (id) => control.why(id)),
    get('/queue/:id/message', (id) => sendMessage(control, id)),
    ...(['retry', 'hold', 'release'] as const).flatMap((verb) => changes(verb, control)),
    ...submitterRoutes(control.submitters),
    { method: 'DELETE', path: '/queue/:id', run: ({ params }) => control.remove(params['id'] ?? '') },
    ...quarantineApi(quarantine),
    traceApi(traces),
    ...keptApi(parts.directory, async () => {
      await Promise.all([parts.records.flush(), ...workers.map(flushRecords)]);
    }),
    ...learningApi(parts.learning, parts.log),
  ];
  return routes.map((route) => ({ ...route, path: `/api${route.path}` }));
};

const refusal = (error: string): Answer => Answer.json({ error }, { status: 400 });

const largestPage = 1_000;
const states: readonly QueueState[] = ['due', 'deferred', 'held'];

function listQueue(control: QueueControl, query: Record<string, string>): unknown {
  const { limit: limitText = '100', state, after } = query;
  const limit = Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    return refusal(`limit is a number from 1 to ${largestPage}, not ${limitText}`);
  if (state !== undefined && !states.some((known) => known === state))
    return refusal(`state is ${states.join(', ')}, not ${state}`);
  const filter: QueueFilter = {
    ...pick(query, 'domain'),
    ...pick(query, 'sender'),
    ...pick(query, 'recipient'),
    ...pick(query, 'submitter'),
    ...pick(query, 'prefix'),
    ...(state !== undefined && { state: state as QueueState }),
  };
  return control.page(filter, limit, after);
}

const pick = <K extends string>(query: Record<string, string>, key: K): { [key in K]?: string } =>
  query[key] === undefined ? {} : ({ [key]: query[key] } as { [key in K]: string });

async function sendMessage(control: QueueControl, id: string): Promise<Answer | undefined> {
  const octets = await control.message(id);
  if (!octets) return undefined;
  return new Answer(octets, { headers: { 'content-type': 'message/rfc822' } });
}

function changes(verb: 'retry' | 'hold' | 'release', control: QueueControl): Route[] {
  return [
    {
      method: 'POST',
      path: `/queue/${verb}`,
      run: ({ query }) => {
        const which = selectionOf(query);
        return which
          ? control[verb](which)
          : refusal(`give one of id, domain and all=true: which entries to ${verb}`);
      },
    },
    {
      method: 'POST',
      path: `/queue/:id/${verb}`,
      run: async ({ params }) => foundOnly(await control[verb]({ id: params['id'] ?? '' })),
    },
  ];
}

function selectionOf({ id, domain, all }: Record<string, string>): Selection | undefined {
  const given: Selection[] = [
    ...(id ? [{ id }] : []),
    ...(domain ? [{ domain }] : []),
    ...(all === 'true' ? (['all'] as const) : []),
  ];
  return given.length === 1 ? given[0] : undefined;
}

const foundOnly = (result: Changed): Changed | undefined =>
  result.changed + result.unchanged > 0 ? result : undefined;
