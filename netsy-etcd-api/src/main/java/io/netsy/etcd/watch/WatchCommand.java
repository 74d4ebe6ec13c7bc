package io.netsy.etcd.watch;

/** What a client asks of its stream. */
sealed interface WatchCommand {
    /** A new watcher; {@code watchId} 0 lets the server choose. */
    record Create(long watchId, WatchSpec spec) implements WatchCommand {}

    /** A new watcher that was turned down already. */
    record Refused(String reason) implements WatchCommand {}

    record Cancel(long watchId) implements WatchCommand {}

    /** A report of how far all of the stream's watchers are. */
    record Progress() implements WatchCommand {}

    /** A request of no known kind, which is answered by nothing. */
    record Unknown() implements WatchCommand {}
}
