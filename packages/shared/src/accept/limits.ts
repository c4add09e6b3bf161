/** How many connections are open, in total and by client. Pure bookkeeping. */

export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerClient: number;
}

export class ConnectionCounter {
  total = 0;
  readonly #byClient = new Map<string, number>();

  /** Counts a connection in, or names the limit that forbids it. */
  admit(client: string, limits: ConnectionLimits): 'admitted' | 'total' | 'client' {
    if (this.total >= limits.connections) return 'total';
    const mine = this.#byClient.get(client) ?? 0;
    if (mine >= limits.connectionsPerClient) return 'client';
    this.total += 1;
    this.#byClient.set(client, mine + 1);
    return 'admitted';
  }

  /** Counts an admitted connection out. */
  release(client: string): void {
    this.total -= 1;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }
}
