/*
 * What code that is loaded apart imports, as `#start`, before anything else. In the bundle of a function in parts it stands for the
 * module behind which nearly all lies that is read at the start (`IN_PARTS` in `lib/parts/bundling.ts`), so that the bundler leaves
 * all of that in one file: else there is a file for each group of parts that share something with it, and each costs the import half
 * a millisecond. A part finds it loaded. Everywhere else it is empty (ADR 0120).
 */
export {};
