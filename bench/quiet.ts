/* A bench prints its figures, and not a metric per call. Imported before anything of ours. */
import '../local/quiet.ts';
