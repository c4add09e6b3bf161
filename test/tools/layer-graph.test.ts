import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeGraph, graphOf, layerOf, reduced } from '../../tools/layer-graph.ts';

const imports = (...pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([from, to]) => ({ from: `packages/${from}`, to: `packages/${to}` }));

describe('the graph of packages and layers', () => {
  it('has a node for each layer of shared and for each other package', () => {
    expect(layerOf('packages/shared/src/spool/store/record.ts')).to.equal('shared/spool');
    expect(layerOf('packages/planner/src/plan.ts')).to.equal('planner');
    expect(layerOf('test/planner/plan.test.ts')).to.equal(undefined);
  });

  const graph = graphOf(
    imports(
      ['shared/src/api/routes.ts', 'shared/src/spool/spool.ts'],
      ['shared/src/api/routes.ts', 'shared/src/platform/clock.ts'],
      ['shared/src/spool/spool.ts', 'shared/src/platform/clock.ts'],
      ['shared/src/spool/spool.ts', 'shared/src/spool/record.ts'],
      ['planner/src/plan.ts', 'shared/src/platform/clock.ts'],
    ),
  );

  it('has an arrow for what no other path reaches', () => {
    expect(reduced(graph)).to.deep.equal([
      ['planner', 'shared/platform'],
      ['shared/api', 'shared/spool'],
      ['shared/spool', 'shared/platform'],
    ]);
  });

  it('is written as a Mermaid flowchart', () => {
    const text = composeGraph(graph);
    expect(text).to.include('  planner["planner"]\n');
    expect(text).to.include('    shared_api["api"]\n');
    expect(text).to.include('  shared_api --> shared_spool\n');
    expect(text).not.to.include('shared_api --> shared_platform');
  });

  it('is refused when it has a cycle', () => {
    const cycle = graphOf(
      imports(
        ['shared/src/api/a.ts', 'shared/src/spool/b.ts'],
        ['shared/src/spool/c.ts', 'shared/src/api/d.ts'],
      ),
    );
    expect(() => reduced(cycle)).to.throw('is imported by what it imports');
  });
});
