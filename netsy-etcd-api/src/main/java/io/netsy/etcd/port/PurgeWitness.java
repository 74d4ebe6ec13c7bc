package io.netsy.etcd.port;

/** Is shown the history before a purge takes from it. */
@FunctionalInterface
public interface PurgeWitness {
    /**
     * Reads what it wants to keep. Blocks, and so holds the purge back; what it throws has the purge tried again.
     *
     * @param compactRevision the newest compaction of the purge; what earlier ones made unreadable may be there still
     * @throws InterruptedException when the store closes
     */
    void beforePurge(long compactRevision, Pace pace) throws InterruptedException;

    /** How fast a witness may read without crowding out others. */
    @FunctionalInterface
    interface Pace {
        /** Waits a little; to be called after every few MiB. */
        void rest() throws InterruptedException;
    }
}
