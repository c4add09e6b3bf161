/** What `status` shows of sign-ins at a gateway. */
export interface SignInState {
  /** Here, whatever the reason: passwords that are wrong, or that were not looked at. */
  readonly failedLastHour: number;
  /** Clients that tried wrong passwords in the last hour, here or at a partner. */
  readonly guessingClients: number;
  /** Whose sign-ins are refused now, the latest last. */
  readonly refused: readonly RefusedSignIns[];
}

/** Those of a network, those for an account from where it did not sign in before, or those for an account from one client. */
export interface RefusedSignIns {
  readonly network?: string;
  readonly account?: string;
}
