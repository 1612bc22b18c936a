/* Imported before an automation's thinking. */
import '../local/markdown.ts';
