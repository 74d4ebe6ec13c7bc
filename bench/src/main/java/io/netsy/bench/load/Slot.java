package io.netsy.bench.load;

import io.grpc.Channel;
import io.grpc.Status;

/**
 * One client of the load loop, with at most one operation under way. Its work tells it here how each operation ended.
 *
 * <p>For the loop's thread alone.
 */
public final class Slot {
    private final LoadLoop loop;
    private final int index;
    private final Channel channel;
    private long startedNanos;
    private boolean busy;
    private boolean givenUp;

    Slot(LoadLoop loop, int index, Channel channel) {
        this.loop = loop;
        this.index = index;
        this.channel = channel;
    }

    /** This client's number, from 0. */
    public int index() {
        return index;
    }

    /** How many clients there are. */
    public int clients() {
        return loop.clients();
    }

    public Channel channel() {
        return channel;
    }

    /** When the operation under way began, or was due if the load has a rate. */
    public long startedNanos() {
        return startedNanos;
    }

    /** The operation ended well. */
    public void succeed(Series series) {
        busy = false;
        loop.succeeded(this, series);
    }

    /** The operation ended with an error of the server or of the way to it. */
    public void fail(Status status) {
        busy = false;
        loop.failed(this, givenUp ? "TIMEOUT" : status.getCode().name());
    }

    /** The operation was answered, but the answer breaks a promise of the API. */
    public void violate(String promise) {
        busy = false;
        loop.failed(this, promise);
    }

    /** This program failed: ends the whole load. */
    public void abort(Throwable failure) {
        loop.abort(failure);
    }

    void begin(long atNanos) {
        startedNanos = atNanos;
        busy = true;
        givenUp = false;
    }

    boolean isOverdue(long nowNanos, long timeoutNanos) {
        return busy && !givenUp && nowNanos - startedNanos > timeoutNanos;
    }

    void giveUp() {
        givenUp = true;
    }
}
