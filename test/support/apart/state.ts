/** Something that a file changes in a module. */
export const state = { changed: false, mocked: false };
