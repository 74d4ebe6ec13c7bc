package io.netsy.node.wiring;

import io.netsy.node.config.NodeConfig;

/** Runs a node: what {@code netsy start} hands its configuration to. */
@FunctionalInterface
public interface NodeRunner {
    /**
     * Runs until the node is told to stop or fails.
     *
     * @return the process's exit code: 0 after an orderly stop, 1 after a failure that was logged
     * @throws Exception when the node could not start; its message is shown to the user as the one line of explanation,
     *     so it says what was tried, on what, and the way out
     */
    int run(NodeConfig config) throws Exception;
}
