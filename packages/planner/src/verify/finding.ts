/** A finding of `dns verify`. Pure. */

/** `fault`: mail is affected now, or the published records differ from the plan. `remark`: information. */
export type Severity = 'fault' | 'remark';

export interface Finding {
  readonly severity: Severity;
  /** The stable kind of the finding, for example `mx-swapped`. */
  readonly code: string;
  /** The name, host or address that the finding is about. */
  readonly subject: string;
  /** What is wrong; a sentence. */
  readonly problem: string;
  /** The consequence; a sentence. */
  readonly why: string;
  /** What to do; a sentence. */
  readonly fix: string;
  /**
   * The published records as master-file lines; empty if there are none or the finding is not about records.
   */
  readonly is: readonly string[];
  /** The correct records. */
  readonly shouldBe: readonly string[];
}

type Told = Omit<Finding, 'severity' | 'is' | 'shouldBe'> & Partial<Pick<Finding, 'is' | 'shouldBe'>>;

export const fault = (told: Told): Finding => find('fault', told);
export const remark = (told: Told): Finding => find('remark', told);

const find = (
  severity: Severity,
  { code, subject, problem, why, fix, is = [], shouldBe = [] }: Told,
): Finding => ({ severity, code, subject, problem, why, fix, is, shouldBe });
