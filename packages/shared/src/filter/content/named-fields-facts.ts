/** Values of header fields by lower-case name, unfolded, as they stand there; those that rules ask for. */
export type NamedFields = Readonly<Record<string, readonly string[]>>;
