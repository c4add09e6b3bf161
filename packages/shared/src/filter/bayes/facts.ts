/** What the classifier says of a message. */
export interface BayesFacts {
  /** Probability that it is spam, as if one message in two were: 0 to 1. */
  readonly spam: number;
  /** Tokens that this is said by, of those the message has. */
  readonly counted: number;
  readonly tokens: number;
}

export interface BayesLearnable {
  /** What the classifier says of the message. */
  readonly bayes: BayesFacts;
}
