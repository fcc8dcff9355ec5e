/** Where the documents of a bucket are in NATS, and the stream that carries them. */
import type { StreamConfig } from '@nats-io/jetstream';

export interface Place {
  readonly stream: string;
  /** The subjects of the entries of the document, and of the proofs that they are the newest: all hosts hear both. */
  readonly log: string;
  readonly proof: string;
  /** What no host hears: the pointer to the newest snapshot, and what is stored to see whether there is a majority. */
  readonly snapshot: string;
  readonly check: string;
  /** What the stream republishes of the document: a plain subscription hears it, and no consumer is needed. */
  readonly live: string;
  readonly objects: string;
}

/** Entries of a document that stay; older ones go, and who missed them loads a snapshot. */
const ENTRIES_KEPT = 10_000;
const DUPLICATE_WINDOW_NS = 120e9;

export function placeOf(bucket: string, document: string): Place {
  return {
    stream: streamOf(bucket),
    log: `jsonmmap.${bucket}.told.log.${document}`,
    proof: `jsonmmap.${bucket}.told.proof.${document}`,
    snapshot: `jsonmmap.${bucket}.kept.snapshot.${document}`,
    check: `jsonmmap.${bucket}.kept.check.${document}`,
    live: `jsonmmap-live.${bucket}.*.${document}`,
    objects: streamOf(bucket),
  };
}

/** On disk, answered by every replica, republished; nothing deletes an entry but its age in numbers. */
export function streamConfig(bucket: string, replicas: number): Partial<StreamConfig> & { name: string } {
  return {
    name: streamOf(bucket),
    subjects: [`jsonmmap.${bucket}.>`],
    storage: 'file' as StreamConfig['storage'],
    num_replicas: replicas,
    max_msgs_per_subject: ENTRIES_KEPT,
    duplicate_window: DUPLICATE_WINDOW_NS,
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
    republish: { src: `jsonmmap.${bucket}.told.>`, dest: `jsonmmap-live.${bucket}.>` },
  };
}

function streamOf(bucket: string): string {
  return `jsonmmap-${bucket}`;
}
