package io.netsy.bench.lab;

import java.io.IOException;
import java.nio.file.Path;

/** Knows how to start one of the servers that are compared. */
interface Launcher {
    /**
     * Starts the server; it serves a moment later at the latest.
     *
     * @param instance a name for the store that the server keeps its truth in: the same name finds the same data
     * @param localDirectory for what the server keeps on its own disk
     */
    RunningServer start(String instance, Path localDirectory) throws IOException, InterruptedException;
}
