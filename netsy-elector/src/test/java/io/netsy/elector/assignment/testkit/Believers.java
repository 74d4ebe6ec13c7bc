package io.netsy.elector.assignment.testkit;

import io.netsy.elector.assignment.Candidacy;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Watches candidates all the time: two that believe in themselves at one moment fail the test at its end. */
final class Believers implements AutoCloseable {
    private final List<Candidacy> candidates;
    private final Thread thread;
    private volatile boolean closed;
    private volatile String broken = "";

    private Believers(List<Candidacy> candidates) {
        this.candidates = candidates;
        this.thread = Thread.ofPlatform().name("believers").start(this::run);
    }

    /** @param candidates to be added to by {@link #add} alone */
    static Believers watch(List<Candidacy> candidates) {
        return new Believers(candidates);
    }

    void add(Candidacy candidate) {
        synchronized (candidates) {
            candidates.add(candidate);
        }
    }

    private void run() {
        while (!closed) {
            synchronized (candidates) {
                candidates.forEach(this::look);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** Another that believes between two moments at which this one does, believes at the same time. */
    private void look(Candidacy one) {
        if (!one.current().isSelf()) {
            return;
        }
        for (Candidacy other : candidates) {
            if (!other.equals(one) && other.current().isSelf() && one.current().isSelf()) {
                broken = "both %s and %s".formatted(one.current(), other.current());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        if (!broken.isEmpty()) {
            throw new AssertionError("two believed at one moment that they are the elector: " + broken);
        }
    }
}
