package io.netsy.node.wiring;

import io.netsy.etcd.port.CommittedState;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.Sequencer.Ending;
import io.netsy.node.primary.TermListener;
import io.netsy.node.standby.Standby;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.model.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * The role that a node has from its start to its end: it is alone, or its cluster's configuration names the primary. A primary takes
 * its term itself, without an elector; once that ends, it leads no more until it is started again.
 */
final class FixedRole implements AutoCloseable {
    private final Runnable end;

    private FixedRole(Runnable end) {
        this.end = end;
    }

    /** Takes a term, or follows who has it; a primary's start returns once requests are answered. */
    static FixedRole begin(RoleParts parts) throws Exception {
        Cluster others = parts.found().others();
        String self = parts.node().config().name();
        return new FixedRole(
                others == null || others.config().isPrimary(self) ? lead(parts)::close : follow(parts, others)::close);
    }

    private static PrimaryTerm lead(RoleParts parts) throws Exception {
        try (StartScope scope = new StartScope()) {
            PrimaryTerm term = scope.add(PrimaryTerm.open(
                    parts.forTerm(new Told(parts)), parts.found().recovery()::advance));
            Leading leading = Leading.begin(parts, term);
            term.serving().get();
            leading.serve(Runnable::run);
            scope.keep();
            return term;
        }
    }

    private static Standby follow(RoleParts parts, Cluster others) throws Exception {
        PrimaryTerm.Tip tip = parts.found().recovery().tip();
        Standby standby = others.follow(
                tip,
                others.config().primary(),
                new Cluster.FollowingParts(
                        new ReplicaLog(parts.replica()), parts.services().commitListeners()),
                others.ownLog(parts.found().archive(), parts.threads()),
                new Owner(others));
        parts.services().onFollowing(tip.state());
        parts.current().begin(Role.of(standby));
        parts.replica().attach(standby::prune);
        return standby;
    }

    @Override
    public void close() {
        end.run();
    }

    /** Is told of the term's moments. */
    private record Told(RoleParts parts) implements TermListener {
        @Override
        public void onServing(CommittedState state) {
            parts.services().onServing(state);
        }

        @Override
        public void onEnded(Ending ending) {
            Cluster others = parts.found().others();
            if (others != null) {
                others.leadership().isUnknown();
            }
            parts.services().onEnded(ending);
        }
    }

    /** A standby of the primary that the configuration names. */
    private record Owner(Cluster others) implements Standby.Owner {
        @Override
        public void promise(long term) {
            others.promise(term);
        }

        @Override
        public void fenced(long ask, long term, LogPosition flushed) {
            throw new IllegalStateException("nobody asked this node for a fence of term " + term);
        }

        @Override
        public void following(@Nullable String primary) {
            if (primary == null) {
                others.leadership().isUnknown();
            } else {
                others.leadership().isAt(primary);
            }
        }

        @Override
        public void rebuild(RebuildFromBucket order) {
            others.rebuild().complete(order);
        }
    }
}
