package io.netsy.node.cli;

import io.netsy.node.rehearsal.LoopbackBucket;
import io.netsy.node.wiring.RehearsedNodeRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * The program that the build's training run records: a node on a folder and on a bucket, each with a client and an orderly
 * end. The AOT cache that is made from it has their classes loaded and linked. It also lays SQLite's library beside the
 * program, which a start would otherwise unpack each time.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Plays both.
     *
     * @param arguments an empty folder to work in; the folder for SQLite's library
     */
    public static void main(String[] arguments) throws Exception {
        String folder = arguments[0];
        unpackSqlite(Path.of(arguments[1]));
        play("--store", "file:" + folder + "/store", "--data-dir", folder + "/on-files");
        try (LoopbackBucket bucket = LoopbackBucket.open()) {
            play(
                    "--store",
                    "s3://" + LoopbackBucket.NAME + "/r",
                    "--data-dir",
                    folder + "/on-s3",
                    "--s3-endpoint",
                    bucket.endpoint(),
                    "--s3-path-style",
                    "--s3-region",
                    "us-east-1");
        }
    }

    private static void unpackSqlite(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = LibraryLoaderUtil.getNativeLibName();
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        try (InputStream library = OSInfo.class.getResourceAsStream(resource)) {
            if (library != null) {
                Files.copy(library, folder.resolve(name));
            }
        }
    }

    /** Starts a node as its users do, through the command line. */
    private static void play(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("start"));
        arguments.addAll(List.of(flags));
        arguments.addAll(
                List.of("--name", "rehearsal", "--listen-client", "127.0.0.1:0", "--listen-metrics", "127.0.0.1:0"));
        int exitCode = Netsy.start(arguments.toArray(String[]::new), Map.of(), onServing -> new RehearsedNodeRunner());
        if (exitCode != 0) {
            throw new IllegalStateException("the rehearsed node ended with " + exitCode);
        }
    }
}
