/*
 * Imported before anything of ours: a bench prints its figures, and not a metric per call. The functions read
 * these when they are first imported.
 */
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
