/**
 * Formats rows as aligned columns, one page at a time. Later pages may widen a column; no page is kept in
 * memory. The last column is cut at the width of the terminal.
 */
import { visible } from '@mailpair/shared/platform/values/printable';
import type { Io } from './verb.ts';

/**
 * The number of columns of the terminal; undefined if stdout is not a terminal, so that output to a file is
 * not cut.
 */
export function terminalWidth({ env }: Pick<Io, 'env'>): number | undefined {
  const asked = Number(env['COLUMNS']);
  if (asked > 0) return asked;
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

export class Table {
  readonly #widths: number[];
  readonly #heads: readonly string[];
  readonly #width: number | undefined;
  #begun = false;

  constructor(heads: readonly string[], width: number | undefined) {
    this.#heads = heads;
    this.#widths = heads.map(({ length }) => length);
    this.#width = width;
  }

  /** The rows as lines; the column heads precede the first row. */
  format(rows: readonly (readonly string[])[]): string[] {
    const shown = rows.map((row) => row.map(visible));
    const all = this.#begun ? shown : [this.#heads, ...shown];
    this.#begun = true;
    for (const row of all)
      row.forEach((cell, column) => {
        this.#widths[column] = Math.max(this.#widths[column] ?? 0, cell.length);
      });
    return all.map((row) => this.#line(row));
  }

  #line(row: readonly string[]): string {
    const line = row.map((cell, column) => cell.padEnd(this.#widths[column] ?? 0)).join('  ');
    return shorten(line.trimEnd(), this.#width);
  }
}

export function shorten(text: string, width: number | undefined): string {
  return width !== undefined && text.length > width ? `${text.slice(0, Math.max(width - 1, 0))}…` : text;
}

export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes}B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)}K`;
  return `${(bytes / 1_000_000).toFixed(1)}M`;
}
