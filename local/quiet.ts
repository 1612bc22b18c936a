/*
 * Imported before anything of ours by programs that print figures of their own, and not a line and a metric per call. The functions
 * read these when they are first imported.
 */
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
