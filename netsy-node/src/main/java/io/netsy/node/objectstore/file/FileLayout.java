package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.ObjectKeys;
import io.netsy.node.objectstore.ObjectVersion;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where things lie in the store's folder. The object {@code a/b} is the file {@code a/b}, which is also its version 1;
 * a swap adds {@code a/b.versions/00000002} and so on. Names that start with a dot are the store's own.
 */
record FileLayout(Path root) {

    static final long FIRST_VERSION = 1;

    private static final String WORK_FOLDER = ".work";

    FileLayout {
        root = root.toAbsolutePath().normalize();
    }

    Path work() {
        return root.resolve(WORK_FOLDER);
    }

    Path object(String key) {
        return root.resolve(ObjectKeys.check(key));
    }

    Path versionsFolder(String key) {
        return root.resolve(ObjectKeys.check(key) + ObjectKeys.RESERVED_SUFFIX);
    }

    Path version(String key, long number) {
        return number == FIRST_VERSION
                ? object(key)
                : versionsFolder(key).resolve(String.format(Locale.ROOT, "%08d", number));
    }

    static boolean isOwn(String fileName) {
        return fileName.startsWith(".") || fileName.endsWith(ObjectKeys.RESERVED_SUFFIX);
    }

    static ObjectVersion asVersion(long number) {
        return new ObjectVersion(Long.toString(number));
    }

    /**
     * The number behind a version of this store.
     *
     * @throws IllegalArgumentException when another store gave that version out
     */
    static long asNumber(ObjectVersion version) {
        try {
            long number = Long.parseLong(version.value());
            if (number >= FIRST_VERSION) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a version of a file store: " + version, e);
        }
        throw new IllegalArgumentException("not a version of a file store: " + version);
    }
}
