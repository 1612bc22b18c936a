/** What is made when it is first asked for, and kept: what few requests of an instance need costs none of them a cold start. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
