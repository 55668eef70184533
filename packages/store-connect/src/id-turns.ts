// One at a time per id and backend, so that "read, then write" is atomic within this process.

/** Does the work when all earlier work on this id is done. */
export type Turns = <T>(id: string, work: () => Promise<T>) => Promise<T>;

const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/** The turns of a backend: the same for everybody who passes the same object. */
export function turnsOf(backend: object): Turns {
  const queue = queues.get(backend) ?? new Map<string, Promise<unknown>>();
  queues.set(backend, queue);

  return (id, work) => {
    const before = queue.get(id);
    const result = before === undefined ? work() : before.then(work);
    const leave = (): void => {
      if (queue.get(id) === turn) queue.delete(id);
    };
    const turn = result.then(leave, leave);
    queue.set(id, turn);
    return result;
  };
}
