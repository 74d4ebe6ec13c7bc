package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.ObjectStoreException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns what the operating system said into what the port says, with the way out. */
final class FileFaults {

    private static final String NOT_A_FOLDER = "Not a directory";

    private FileFaults() {}

    /** A write that certainly had no effect: it failed before its name appeared. */
    static ObjectStoreException writeFailed(String action, IOException fault) {
        if (fault instanceof ClosedByInterruptException) {
            return new ObjectStoreException.OutcomeUnknown(action, "the calling thread was interrupted", fault);
        }
        return new ObjectStoreException.Refused(action, reason(fault), wayOut(fault), fault);
    }

    static ObjectStoreException readFailed(String action, IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return new ObjectStoreException.Refused(action, reason(fault), wayOut(fault), fault);
        }
        return new ObjectStoreException.Unavailable(action, reason(fault), wayOut(fault), fault);
    }

    /** Whether the fault only says that there is no such object: no file, or a file where its folder would be. */
    static boolean isMissing(IOException fault) {
        return fault instanceof NoSuchFileException
                || (fault instanceof FileSystemException e && NOT_A_FOLDER.equals(e.getReason()));
    }

    private static String reason(IOException fault) {
        if (fault instanceof AccessDeniedException denied) {
            return "permission denied on " + denied.getFile();
        }
        if (fault instanceof NoSuchFileException missing) {
            return missing.getFile() + " vanished";
        }
        return fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    }

    private static String wayOut(IOException fault) {
        String reason = reason(fault);
        if (reason.contains("No space left") || reason.contains("quota exceeded")) {
            return "free space on that disk or enlarge it; nothing needs a restart";
        }
        if (reason.contains("Read-only file system")) {
            return "mount the disk writable again (the kernel's log says why it isn't)";
        }
        if (fault instanceof AccessDeniedException) {
            return "give the user that runs netsy read and write permission to the store's folder and all in it";
        }
        if (reason.contains("Operation not permitted") || reason.contains("not supported")) {
            return "put the store on a local file system with hard links, like ext4, xfs or btrfs";
        }
        if (reason.contains("cross-device link") || reason.contains("Cross-device link")) {
            return "the store's folder must lie on one file system: remove the mount inside it";
        }
        if (reason.contains("Too many open files")) {
            return "raise the limit of open files (ulimit -n)";
        }
        if (reason.contains(NOT_A_FOLDER)) {
            return "an object of a shorter key lies where this key needs a folder";
        }
        return "see that the disk is healthy (the kernel's log) and that nobody else changes the store's folder";
    }
}
