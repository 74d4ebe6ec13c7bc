package io.netsy.etcd.watch;

import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.state.KeyEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits on their way from the committing thread to the dispatcher. Safe for any thread; adding takes time in
 * proportion to the commit and never waits.
 *
 * <p>Bounded: when the dispatcher is too far behind, the events of what comes are left out. The dispatcher sees the gap
 * and reads them from history.
 */
final class CommitInbox {
    private final WatchSettings.Memory bounds;
    private List<Commit> commits = new ArrayList<>();
    private int revisions;
    private long bytes;

    CommitInbox(WatchSettings.Memory bounds) {
        this.bounds = bounds;
    }

    /** Adds a commit; answers whether it is the first one since {@link #takeAll}. */
    synchronized boolean add(Commit commit) {
        long weight = weigh(commit);
        boolean first = commits.isEmpty();
        boolean fits = revisions + commit.revisions().size() <= bounds.backlogRevisions()
                && bytes + weight <= bounds.backlogBytes();
        if (first || fits) {
            commits.add(withEvents(commit, commit.revisions()));
            revisions += commit.revisions().size();
            bytes += weight;
        } else {
            addWithoutEvents(commit);
        }
        return first;
    }

    private void addWithoutEvents(Commit commit) {
        revisions = bounds.backlogRevisions() + 1;
        Commit bare = withEvents(commit, List.of());
        Commit last = commits.getLast();
        if (last.revisions().isEmpty()) {
            commits.set(commits.size() - 1, bare);
        } else {
            commits.add(bare);
        }
    }

    /** Keeps no log entries, which nobody here asks for. */
    private static Commit withEvents(Commit commit, List<RevisionEvents> kept) {
        return new Commit(commit.state(), List.of(), kept);
    }

    synchronized List<Commit> takeAll() {
        List<Commit> taken = commits;
        commits = new ArrayList<>();
        revisions = 0;
        bytes = 0;
        return taken;
    }

    private static long weigh(Commit commit) {
        long weight = 0;
        for (RevisionEvents revision : commit.revisions()) {
            for (KeyEvent event : revision.events()) {
                weight += event.record().key().length() + event.value().length();
            }
        }
        return weight;
    }
}
