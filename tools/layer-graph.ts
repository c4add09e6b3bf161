/**
 * The graph of packages and of the layers of packages/shared, as it follows from the imports. An arrow points to what is imported; what
 * is also reached by other arrows has none of its own.
 */
import { cruiseTree, type Import } from './dependency-rules.ts';

/** `shared/gateway` for a file of a layer, `planner` for one of another package; undefined for files that are not published. */
export function layerOf(path: string): string | undefined {
  const [, name, inside] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path) ?? [];
  if (name === undefined) return undefined;
  return name === 'shared' ? `shared/${inside ?? ''}` : name;
}

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

export function graphOf(imports: readonly Import[]): Graph {
  const graph = new Map<string, Set<string>>();
  const nodeOf = (name: string): Set<string> => {
    const found = graph.get(name) ?? new Set<string>();
    graph.set(name, found);
    return found;
  };
  for (const { from, to } of imports) {
    const [importer, imported] = [layerOf(from), layerOf(to)];
    if (importer === undefined || imported === undefined || importer === imported) continue;
    nodeOf(imported);
    nodeOf(importer).add(imported);
  }
  return graph;
}

/** All that a node reaches. @throws when it reaches itself */
function reachedFrom(graph: Graph, start: string): Set<string> {
  const reached = new Set<string>();
  const next = [...(graph.get(start) ?? [])];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (name === start) throw new Error(`${start} is imported by what it imports`);
    if (reached.has(name)) continue;
    reached.add(name);
    next.push(...(graph.get(name) ?? []));
  }
  return reached;
}

/** The arrows that no path of other arrows replaces. @throws when there is a cycle */
export function reduced(graph: Graph): [from: string, to: string][] {
  const reach = new Map([...graph.keys()].map((name) => [name, reachedFrom(graph, name)]));
  return [...graph]
    .flatMap(([from, all]) =>
      [...all]
        .filter((to) => ![...all].some((other) => other !== to && reach.get(other)!.has(to)))
        .map((to): [string, string] => [from, to]),
    )
    .sort(([a, b], [c, d]) => compare(`${a} ${b}`, `${c} ${d}`));
}

/** A Mermaid flowchart, as Markdown. */
export function composeGraph(graph: Graph): string {
  const id = (name: string): string => name.replace('/', '_').replaceAll('-', '_');
  const nodes = [...graph.keys()].sort(compare);
  const of = (names: readonly string[]): string[] =>
    names.map((name) => `    ${id(name)}["${name.split('/').at(-1)}"]`);
  const layers = nodes.filter((name) => name.startsWith('shared/'));
  const packages = nodes.filter((name) => !name.startsWith('shared/'));
  return [
    '```mermaid',
    'flowchart TD',
    ...of(packages).map((line) => line.slice(2)),
    '  subgraph packages/shared',
    ...of(layers),
    '  end',
    ...reduced(graph).map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
    '```',
  ].join('\n');
}

export const drawGraph = async (root: string): Promise<string> =>
  composeGraph(graphOf((await cruiseTree(root)).imports));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
