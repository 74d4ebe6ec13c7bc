package io.netsy.node.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the object store is: the durable truth of the cluster. */
public sealed interface StoreLocation {

    /** A directory that serves as an object store: for a first try on one machine. */
    record Directory(Path path) implements StoreLocation {
        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    /**
     * A bucket of an S3-compatible store.
     *
     * @param prefix comes before every key; without slashes at its ends, empty for the whole bucket
     */
    record Bucket(String name, String prefix) implements StoreLocation {
        public Bucket {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("the bucket's name is missing; write it as s3://bucket/prefix");
            }
        }

        @Override
        public String toString() {
            return prefix.isEmpty() ? "s3://" + name : "s3://" + name + "/" + prefix;
        }
    }

    /** Reads {@code file:DIR} or {@code s3://BUCKET/PREFIX}. */
    static StoreLocation parse(String text) {
        if (text.startsWith("s3://")) {
            String path = text.substring("s3://".length());
            int slash = path.indexOf('/');
            return slash < 0
                    ? new Bucket(path, "")
                    : new Bucket(path.substring(0, slash), withoutOuterSlashes(path.substring(slash)));
        }
        if (text.startsWith("file:")) {
            return directory(text.substring("file:".length()));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is neither file:DIR nor s3://BUCKET/PREFIX; for example s3://my-bucket/my-cluster");
    }

    private static StoreLocation directory(String path) {
        String plain = path.startsWith("//") ? path.substring(2) : path;
        if (plain.isEmpty()) {
            throw new IllegalArgumentException("the directory is missing; write it as file:DIR");
        }
        try {
            return new Directory(Path.of(plain));
        } catch (InvalidPathException malformed) {
            throw new IllegalArgumentException("'" + plain + "' is not a path: " + malformed.getReason(), malformed);
        }
    }

    private static String withoutOuterSlashes(String path) {
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(start, end);
    }
}
