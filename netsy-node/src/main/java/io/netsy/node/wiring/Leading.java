package io.netsy.node.wiring;

import io.netsy.node.primary.PrimaryTerm;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does from the moment a term is its own until that ends; the place to read first.
 *
 * <ol>
 *   <li>The term becomes what the services talk to; requests that wait get it once it serves.
 *   <li>Standbys may open streams.
 *   <li>Once TermStart stands and the register was read once more, it serves: leases are counted, other nodes' requests are
 *       taken, compactions are purged with it, and housekeeping (snapshots, retention, automatic compaction) begins.
 *   <li>{@link #close} takes all that back; the term itself is ended by who owns it.
 * </ol>
 */
final class Leading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);

    private final RoleParts parts;
    private final PrimaryTerm term;
    private final Housekeeping housekeeping;

    private Leading(RoleParts parts, PrimaryTerm term) {
        this.parts = parts;
        this.term = term;
        this.housekeeping = parts.housekeeping(term);
    }

    static Leading begin(RoleParts parts, PrimaryTerm term) {
        parts.current().begin(Role.of(term));
        Cluster others = parts.found().others();
        if (others != null) {
            others.lead(term);
            var _ = term.serving().thenRun(others.leadership()::isHere);
        }
        return new Leading(parts, term);
    }

    PrimaryTerm term() {
        return term;
    }

    /**
     * What only a primary that serves does.
     *
     * @param executor runs what waits for the bucket
     */
    void serve(Executor executor) {
        parts.replica().attach(term.sequencer()::prune);
        executor.execute(() -> {
            housekeeping.begin();
            housekeeping.start(parts.threads());
        });
        var _ = term.ended().thenAccept(ending -> LOG.info("primary ended term={} reason={}", term.term(), ending));
    }

    @Override
    public void close() {
        housekeeping.close();
        Cluster others = parts.found().others();
        if (others != null) {
            others.leadNoMore();
            others.leadership().isUnknown();
        }
    }
}
