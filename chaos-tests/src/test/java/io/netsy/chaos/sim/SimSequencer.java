package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.Membership;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Moment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives proposals their indexes and revisions, a few to a frame, and answers them in order. */
final class SimSequencer {
    private static final int MOST_OF_A_FRAME = 4;

    private final SimCluster cluster;
    private final Deque<Long> queue = new ArrayDeque<>();
    private final Deque<Sequenced> sequenced = new ArrayDeque<>();
    private final Deque<SimMembers.Change> changes = new ArrayDeque<>();
    private Membership members = Membership.voting(Set.of());
    private @Nullable FrameBuilder builder;
    private long revision;

    private record Sequenced(long proposal, long index) {}

    SimSequencer(SimCluster cluster) {
        this.cluster = cluster;
    }

    void propose(long proposal) {
        queue.add(proposal);
    }

    void propose(SimMembers.Change change) {
        changes.add(change);
    }

    void serve(long term, Frame termStart, Membership from) {
        members = from;
        revision = termStart.header().lastRevision();
        builder = new FrameBuilder(term, termStart.end(), revision);
    }

    /** Whether everything that came is acknowledged. */
    boolean isEmpty() {
        return queue.isEmpty() && sequenced.isEmpty();
    }

    /** The next frame, if anything waits. */
    Optional<Frame> maybeCut(Moment now) {
        FrameBuilder open = builder;
        if (open == null || (queue.isEmpty() && changes.isEmpty())) {
            return Optional.empty();
        }
        boolean changing = false;
        while (!changes.isEmpty()) {
            Optional<Entry.MembershipChange> entry = changes.remove().apply(members);
            if (entry.isPresent()) {
                members = cluster.members().after(members, entry.get());
                open.append(entry.get(), revision);
                changing = true;
                cluster.figures().count(Seen.MEMBER_CHANGES);
            }
        }
        long most = cluster.scheduler().between(1, MOST_OF_A_FRAME + 1);
        while (!queue.isEmpty() && open.entryCount() < most) {
            long proposal = queue.remove();
            revision++;
            sequenced.add(new Sequenced(proposal, open.append(entry(proposal, revision), revision)));
            cluster.figures().count(Seen.SEQUENCED);
        }
        if (open.entryCount() == 0) {
            return Optional.empty();
        }
        Frame frame = open.seal(now.wallMillis());
        if (changing) {
            cluster.members().sequenced(frame);
        }
        return Optional.of(frame);
    }

    /** What a proposal becomes; no two are alike. */
    static Entry.Transaction entry(long proposal, long revision) {
        Bytes key = Bytes.utf8("proposal-" + proposal);
        return new Entry.Transaction(revision, List.of(new Change.Put(key, key, revision, 1, 0)));
    }

    void acknowledged(long upToIndex) {
        while (!sequenced.isEmpty() && sequenced.getFirst().index() <= upToIndex) {
            Sequenced done = sequenced.remove();
            cluster.clients().acknowledged(done.proposal(), done.index());
        }
    }

    /** What is in the log may come to be committed or not; what only waited never will. */
    void end() {
        sequenced.forEach(left -> cluster.clients().unknown(left.proposal()));
        queue.forEach(left -> cluster.clients().refused(left));
        sequenced.clear();
        queue.clear();
        changes.clear();
        builder = null;
    }
}
