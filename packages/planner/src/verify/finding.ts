/** What `dns verify` finds. Pure. */

/** A fault: mail suffers now, or what is published is not what is planned. A remark: worth knowing. */
export type Severity = 'fault' | 'remark';

export interface Finding {
  readonly severity: Severity;
  /** What kind of finding, stable: `mx-swapped`. */
  readonly code: string;
  /** The name, host or address it is about. */
  readonly subject: string;
  /** What is wrong, a sentence. */
  readonly problem: string;
  /** What it leads to, a sentence. */
  readonly why: string;
  /** What to do, a sentence. */
  readonly fix: string;
  /** The records as they are, master-file lines; none when the matter is no record or there is none. */
  readonly is: readonly string[];
  /** The records as they should be. */
  readonly shouldBe: readonly string[];
}

type Told = Omit<Finding, 'severity' | 'is' | 'shouldBe'> & Partial<Pick<Finding, 'is' | 'shouldBe'>>;

export const fault = (told: Told): Finding => find('fault', told);
export const remark = (told: Told): Finding => find('remark', told);

const find = (
  severity: Severity,
  { code, subject, problem, why, fix, is = [], shouldBe = [] }: Told,
): Finding => ({ severity, code, subject, problem, why, fix, is, shouldBe });
