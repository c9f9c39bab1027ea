/** The promises of commits that are under way. */

interface Waiter {
  /** Settled together with every commit up to this one. */
  readonly ticket: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Regions that somebody waits for must not be collected: nothing else may hold them. */
const waitedFor = new Set<object>();

export class Waiters {
  readonly #owner: object;
  readonly #waiters: Waiter[] = [];

  constructor(owner: object) {
    this.#owner = owner;
  }

  get empty(): boolean {
    return this.#waiters.length === 0;
  }

  /** Settles with the commit of this ticket. Tickets ascend. */
  wait(ticket: number): Promise<void> {
    waitedFor.add(this.#owner);
    return new Promise((resolve, reject) => this.#waiters.push({ ticket, resolve, reject }));
  }

  /** Every commit up to `ticket` is settled, with `error` or well. */
  settle(ticket: number, error: Error | null): void {
    while (!this.empty && (this.#waiters[0] as Waiter).ticket <= ticket) {
      const waiter = this.#waiters.shift() as Waiter;
      if (error === null) waiter.resolve();
      else waiter.reject(error);
    }
    if (this.empty) waitedFor.delete(this.#owner);
  }
}
