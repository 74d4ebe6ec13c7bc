package io.netsy.node.objectstore;

/** Told of every request to a store, on the thread that made it; must be quick and must not throw. */
@FunctionalInterface
public interface StoreListener {

    /** A listener that does not care. */
    StoreListener NONE = request -> {};

    void requestEnded(StoreRequest request);
}
