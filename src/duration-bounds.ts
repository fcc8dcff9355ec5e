/** Upper bounds in seconds of the buckets in which durations are counted, in a status as in OpenTelemetry. */

export const PUBLISH_BOUNDS_SECONDS = [5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 5e-3, 2.5e-2, 0.1, 1] as const;
export const COMPACTION_BOUNDS_SECONDS = [1e-4, 5e-4, 1e-3, 5e-3, 2.5e-2, 0.1, 0.5, 2.5] as const;
