/** The report of a proof: a table for a person, the same as JSON, and whether it passed. Pure. */
import { formatTable } from '../loopback/table.ts';
import { passes, type RowResult } from './result.ts';

export interface Report {
  /**
   * True if no row has a lost, altered or unexplained duplicate message or another fault. Rows that were not
   * run do not count.
   */
  readonly passed: boolean;
  readonly seed: string;
  readonly rows: readonly RowResult[];
  readonly total: RowResult;
}

export function composeReport(results: readonly RowResult[], seed: string): Report {
  const rows = [...Map.groupBy(results, ({ name }) => name).values()].map(sumOf);
  const run = rows.filter(({ notRun }) => notRun === undefined);
  return {
    passed: run.length > 0 && run.every(passes),
    seed,
    rows,
    total: { ...sumOf(run), name: 'all', title: 'all' },
  };
}

const counts = [
  'runs',
  'acknowledged',
  'arrived',
  'bounced',
  'lost',
  'duplicated',
  'inFlight',
  'altered',
] as const;

/** The sum of several runs of a row, or of several rows. */
function sumOf(results: readonly RowResult[]): RowResult {
  const sum = Object.fromEntries(
    counts.map((name) => [name, results.reduce((total, result) => total + result[name], 0)]),
  ) as Pick<RowResult, (typeof counts)[number]>;
  const { name = '', title = '', notRun } = results[0] ?? {};
  return {
    name,
    title,
    ...sum,
    faults: results.flatMap(({ faults }) => faults),
    ...(notRun !== undefined && { notRun }),
  };
}

const verdictOf = (row: RowResult): string => {
  if (row.notRun !== undefined) return 'not run';
  return passes(row) ? 'passed' : 'FAILED';
};

export function formatReport({ rows, total, passed }: Report): string {
  const lineOf = (row: RowResult): (string | number)[] => [
    row.name,
    ...(total.runs > rows.length ? [row.runs] : []),
    row.acknowledged,
    row.arrived,
    row.bounced,
    row.lost,
    row.duplicated,
    row.inFlight,
    verdictOf(row),
  ];
  const heads = ['row', ...(total.runs > rows.length ? ['runs'] : [])];
  const table = formatTable(
    [...heads, 'acknowledged', 'arrived', 'bounced', 'lost', 'duplicated', 'in flight', ''],
    [...rows, total].map(lineOf),
  );
  const notRun = rows.filter((row) => row.notRun !== undefined).length;
  const { lost, duplicated, altered } = total;
  return [
    table,
    `${passed ? 'passed' : 'FAILED'}: lost ${lost}, duplicated ${duplicated}, altered ${altered}` +
      (notRun > 0 ? `; ${notRun} ${notRun === 1 ? 'row was' : 'rows were'} not run` : ''),
  ].join('\n\n');
}

const SHOWN_FAULTS = 5;

/** The faults of each row and the rows that were not run, for stderr. */
export function formatFaults({ rows }: Report): string {
  return rows
    .filter((row) => row.notRun !== undefined || row.faults.length > 0)
    .flatMap(({ name, title, faults, notRun }) => {
      const more = faults.length - SHOWN_FAULTS;
      return [
        `${name} (${title})`,
        ...(notRun === undefined ? [] : [`  not run: ${notRun}`]),
        ...faults.slice(0, SHOWN_FAULTS).map((fault) => `  ${fault}`),
        ...(more > 0 ? [`  and ${more} more`] : []),
      ];
    })
    .join('\n');
}
