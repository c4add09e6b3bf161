/** Figures that a test has measured, printed among its results: for a person to read, never to fail by. */
export function printFigures(text: string): void {
  process.stdout.write(`      ${text}\n`);
}
