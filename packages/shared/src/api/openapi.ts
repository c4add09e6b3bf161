/** The OpenAPI 3.1 document of /api, which follows from the table. Pure. */
import type { Parameter } from './parameters.ts';
import type { ApiRoute } from './route.ts';
import { table } from './table.ts';

const TYPES = {
  json: 'application/json',
  lines: 'application/x-ndjson',
  message: 'message/rfc822',
} as const satisfies Record<ApiRoute['answer'], string>;

export function composeOpenApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [noun, routes] of Object.entries(table))
    for (const [name, route] of Object.entries<ApiRoute>(routes)) {
      const path = (paths[route.path.replace(/:(\w+)/g, '{$1}')] ??= {});
      path[route.method.toLowerCase()] = {
        operationId: `${noun}.${name}`,
        tags: [noun],
        ...operation(route),
      };
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mailpair',
      version,
      description:
        'What an operator may ask of a gateway. Names such as QueueItem are types of the source. Times are ms since the epoch, ids ' +
        'are whole. Fields are added and never changed.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'From the file api-token in the spool directory.',
        },
      },
      responses: {
        Refused: refusal('The question makes no sense, or is not granted.'),
        Unauthorised: refusal('Without the token, or a pass.'),
        Missing: refusal('There is no such entry.'),
      },
    },
  };
}

function operation({ about, parameters, answer, mayBeMissing, path }: ApiRoute): object {
  const all = Object.entries(parameters);
  const inBody = all.filter(([, { inBody: isInBody }]) => isInBody);
  const others = all.filter(([, { inBody: isInBody }]) => !isInBody);
  return {
    summary: about,
    ...(others.length > 0 && { parameters: others.map(([name, each]) => described(name, each, path)) }),
    ...(inBody.length > 0 && { requestBody: body(inBody) }),
    responses: {
      200: { description: 'Done.', content: { [TYPES[answer]]: {} } },
      '4XX': { $ref: '#/components/responses/Refused' },
      401: { $ref: '#/components/responses/Unauthorised' },
      ...(mayBeMissing && { 404: { $ref: '#/components/responses/Missing' } }),
    },
  };
}

const described = (name: string, { about, needed, schema }: Parameter, path: string): object => ({
  name,
  in: path.split('/').includes(`:${name}`) ? 'path' : 'query',
  description: about,
  required: needed,
  schema,
});

function body(parameters: readonly (readonly [string, Parameter])[]): object {
  const properties = parameters.map(([name, { schema, about }]) => [name, { ...schema, description: about }]);
  const required = parameters.filter(([, { needed }]) => needed).map(([name]) => name);
  const schema = { type: 'object', properties: Object.fromEntries(properties) as object, required };
  return { required: true, content: { 'application/json': { schema } } };
}

const refusal = (description: string): object => ({
  description,
  content: {
    'application/json': {
      schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
    },
  },
});
