import { composeOpenApi } from '@mailpair/shared/api/openapi';
import { allRoutes } from '@mailpair/shared/api/table';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { describe, it } from 'mocha';

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
}

const { paths } = composeOpenApi('1.2.3') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};
const operations = Object.entries(paths).flatMap(([path, of]) =>
  Object.entries(of).map(([method, described]) => ({ path, method, ...described })),
);

describe('The OpenAPI document', () => {
  it('describes every route once', () => {
    const routes = allRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(described).to.have.members(routes);
    expect(new Set(operations.map(({ operationId }) => operationId))).to.have.property('size', routes.length);
  });

  it('has each part of a path among its parameters, and no other in the path', () => {
    for (const { path, parameters = [] } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(inPath, path).to.deep.equal(parts);
    }
  });

  it('has schemas that are JSON Schema', () => {
    const ajv = new Ajv2020({ strict: true, validateFormats: false });
    for (const { parameters = [] } of operations)
      for (const { schema } of parameters) expect(() => ajv.compile(schema)).not.to.throw();
  });
});
