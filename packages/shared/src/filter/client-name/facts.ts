/** What DNS says of a client's names. */

export interface ReverseName {
  /** The names of its address (PTR); none when DNS says that there are none. */
  readonly names: readonly string[];
  /** One of them that has the client's address: the reverse name is confirmed forward. */
  readonly confirmed?: string;
  /** None is confirmed, and of some it could not be learnt: why. */
  readonly doubt?: string;
}

export interface HeloName {
  /** What the client called itself in HELO or EHLO, the first 255 characters of it. */
  readonly helo: string;
  /** The address it named in place of a name, with brackets or without, in the form of `client.address`. */
  readonly literal?: string;
  /** The addresses of that name, at most 20; none when DNS says so. Absent when it is no name, or in doubt. */
  readonly addresses?: readonly string[];
  /** They could not be learnt: why. */
  readonly doubt?: string;
}

export interface ClientNameLearnable {
  /** The names of the client's address. */
  readonly reverseName: ReverseName;
  /** What DNS knows of the name in HELO. */
  readonly heloName: HeloName;
}
