package io.netsy.node.primary;

/** Is told how long each stage of a commit took: for metrics. Called by the sequencer's thread; must be quick. */
public interface CommitStages {
    /** A batch was closed: how many entries and bytes, and how long its first entry had waited. */
    void sealed(int entries, int sizeBytes, long gatheredNanos);

    /** A batch is committed: how long after it was closed, and how long publishing and answering took. */
    void committed(int entries, long storedNanos, long answeredNanos);

    /** How many proposals wait to be evaluated. */
    void queued(int proposals);

    /** Is told nothing. */
    CommitStages NONE = new CommitStages() {
        @Override
        public void sealed(int entries, int sizeBytes, long gatheredNanos) {}

        @Override
        public void committed(int entries, long storedNanos, long answeredNanos) {}

        @Override
        public void queued(int proposals) {}
    };
}
