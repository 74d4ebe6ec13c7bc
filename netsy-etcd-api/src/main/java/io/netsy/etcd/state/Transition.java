package io.netsy.etcd.state;

import java.util.List;

/** The state after one entry, and the key events the entry gave rise to, in sub-revision order. */
public record Transition(StoreState after, List<KeyEvent> events) {}
