package io.netsy.etcd.concurrency;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells waiting calls of commits: of the end of one key, or of every change under a prefix. A commit costs a look-up for
 * each of its keys, however many wait, and nothing when nobody does.
 *
 * <p>Safe for any thread. Callbacks run on the committing thread, or on that of the client, and must be quick.
 */
public final class KeyEvents implements CommitListener {
    private final StateSource states;
    private final Map<Bytes, List<EndWaiter>> endWaiters = new ConcurrentHashMap<>();
    private final Map<Bytes, List<Consumer<KeyEvent>>> followers = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** Events of a store that shows its commits in {@code states} before it announces them. */
    public KeyEvents(StateSource states) {
        this.states = states;
    }

    /** Is told once, unless the wait is given up. */
    interface EndWaiter {
        /** The key that was waited for is gone. */
        void ended();

        /** It will not be heard any more whether it is gone. */
        void failed(RuntimeException reason);
    }

    /** What was registered and can be taken back. */
    @FunctionalInterface
    public interface Registration {
        /** Ends it; a call that is under way may still come. */
        void close();
    }

    /** Waits for the end of a key, of this very one, not of a later one of the same name. */
    Registration awaitEnd(Bytes key, long createRevision, EndWaiter waiter) {
        add(endWaiters, key, waiter);
        Registration registration = () -> remove(endWaiters, key, waiter);
        // Looked up after the registration, so that no commit falls between the two.
        KeyRecord record = states.committed().state().live(key);
        if (record == null || record.createRevision() != createRevision) {
            if (remove(endWaiters, key, waiter)) {
                waiter.ended();
            }
        } else if (stopped && remove(endWaiters, key, waiter)) {
            waiter.failed(EtcdError.STOPPED.exception());
        }
        return registration;
    }

    /**
     * Follows all changes of keys that begin with a prefix, in order, from this moment on.
     *
     * @param prefix ends in a slash
     */
    public Registration follow(Bytes prefix, Consumer<KeyEvent> follower) {
        add(followers, prefix, follower);
        return () -> remove(followers, prefix, follower);
    }

    /** Fails everyone who waits, and whoever still comes: the server stops. */
    public void stop() {
        stopped = true;
        for (Bytes key : List.copyOf(endWaiters.keySet())) {
            List<EndWaiter> waiters = endWaiters.remove(key);
            if (waiters != null) {
                waiters.forEach(waiter -> waiter.failed(EtcdError.STOPPED.exception()));
            }
        }
    }

    /** How many calls are waiting or following. */
    public int size() {
        return endWaiters.values().stream().mapToInt(List::size).sum()
                + followers.values().stream().mapToInt(List::size).sum();
    }

    @Override
    public void onCommitted(Commit commit) {
        if (endWaiters.isEmpty() && followers.isEmpty()) {
            return;
        }
        for (RevisionEvents revision : commit.revisions()) {
            revision.events().forEach(this::tell);
        }
    }

    private void tell(KeyEvent event) {
        Bytes key = event.record().key();
        if (!event.record().isLive()) {
            List<EndWaiter> waiters = endWaiters.remove(key);
            if (waiters != null) {
                waiters.forEach(EndWaiter::ended);
            }
        }
        if (!followers.isEmpty()) {
            tellFollowers(key, event);
        }
    }

    /** A prefix that is followed ends in a slash, so only as many of a key's prefixes can be one as it has slashes. */
    private void tellFollowers(Bytes key, KeyEvent event) {
        byte[] letters = key.array();
        for (int i = 0; i < letters.length; i++) {
            if (letters[i] == '/') {
                followers
                        .getOrDefault(Bytes.wrap(Arrays.copyOf(letters, i + 1)), List.of())
                        .forEach(follower -> follower.accept(event));
            }
        }
    }

    private static <T> void add(Map<Bytes, List<T>> lists, Bytes key, T element) {
        lists.compute(key, (_, list) -> {
            List<T> present = list == null ? new CopyOnWriteArrayList<>() : list;
            present.add(element);
            return present;
        });
    }

    /** Answers whether it was there. */
    private static <T> boolean remove(Map<Bytes, List<T>> lists, Bytes key, T element) {
        boolean[] removed = {false};
        lists.computeIfPresent(key, (_, list) -> {
            removed[0] = list.remove(element);
            return list.isEmpty() ? null : list;
        });
        return removed[0];
    }
}
