/** Formats a table for a person: the first column is aligned left, numbers are aligned right. */
export function formatTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ');
  const [head = [], ...rest] = lines;
  return [format(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rest.map(format)].join('\n');
}
