/**
 * The output of one of several mocha processes. Suites are printed whole, each when it is over, so that those of two processes
 * do not mix. What comes after the last suite is kept for the end. Pure but for `print`.
 */

/** `N passing`, in colour on a terminal. */
const summaryStart = /^[ \u001b[;\dm]*\b\d+ passing/m;

export class SuiteOutput {
  #pending = '';
  #summary = '';
  readonly #print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  take(piece: string): void {
    this.#pending += piece;
    const end = this.#pending.lastIndexOf('\n\n') + 2;
    if (end < 2) return;
    this.#paragraphs(this.#pending.slice(0, end));
    this.#pending = this.#pending.slice(end);
  }

  #paragraphs(text: string): void {
    const at = this.#summary === '' ? text.search(summaryStart) : 0;
    if (at !== 0) this.#print(at < 0 ? text : text.slice(0, at));
    if (at >= 0) this.#summary += text.slice(at);
  }

  /** What was kept, its last line apart: the closing line, if the process came to print one. */
  end(): { readonly summary: string; readonly last: string } {
    const lines = (this.#summary + this.#pending).trimEnd().split('\n');
    const last = lines.pop() ?? '';
    return { summary: lines.join('\n').trimEnd(), last };
  }
}
