package io.netsy.etcd.forward;

/**
 * Knows how far this node's own copy of the log is applied. A client that writes through a node sees what it wrote in whatever
 * that node shows it from then on, serializable reads included: etcd's members answer a write when they have applied it.
 */
@FunctionalInterface
public interface OwnCopy {
    /** See {@link io.netsy.etcd.port.StateSource#whenApplied}. */
    void whenApplied(long index, Runnable action);
}
