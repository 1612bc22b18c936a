import type { Span } from '../detect/span.ts';
import { people } from './people.ts';
import { places } from './places.ts';

/** Names and addresses of people: what a town or a street is called is no name. */
export function recognise(text: string): Span[] {
  return [...places.flatMap((finder) => [...finder(text)]), ...people(text)];
}
