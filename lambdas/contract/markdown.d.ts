/* The bundler and the test runner hand a Markdown file over as its text. */
declare module '*.md' {
  const text: string;
  export default text;
}
