package io.netsy.node.objectstore.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is filled and flushed under a private name and then given its public one, all or nothing. */
final class NewFile {

    private static final Logger log = LoggerFactory.getLogger(NewFile.class);

    private NewFile() {}

    /** Writes and flushes the file at a path that does not exist yet. */
    interface Filler {
        void fill(Path file) throws IOException;
    }

    /**
     * Fills the private file and links it to the target; the target's folder still has to be flushed.
     *
     * @return false when the target's name was taken
     * @throws IOException when the target was certainly not created by this call
     */
    static boolean createAs(Path target, Path privateFile, Filler filler) throws IOException {
        try {
            filler.fill(privateFile);
            return link(target, privateFile);
        } finally {
            deleteQuietly(privateFile);
        }
    }

    private static boolean link(Path target, Path privateFile) throws IOException {
        try {
            Files.createLink(target, privateFile);
            return true;
        } catch (FileAlreadyExistsException e) {
            return hasTwoNames(privateFile);
        }
    }

    static void write(Path file, ByteBuffer... body) throws IOException {
        ByteBuffer[] rest = new ByteBuffer[body.length];
        for (int i = 0; i < body.length; i++) {
            rest[i] = body[i].duplicate();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (hasRemaining(rest)) {
                channel.write(rest);
            }
            channel.force(false);
        }
    }

    static void copy(Path source, Path file) throws IOException {
        Files.copy(source, file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    /** A network file system may repeat a link(2) that had succeeded and then report "exists"; see link(2), BUGS. */
    private static boolean hasTwoNames(Path privateFile) {
        try {
            return Files.getAttribute(privateFile, "unix:nlink") instanceof Integer links && links == 2;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static void deleteQuietly(Path privateFile) {
        try {
            Files.deleteIfExists(privateFile);
        } catch (IOException e) {
            log.debug("event=leftover-kept file={} reason=\"{}\"", privateFile, e.toString());
        }
    }

    private static boolean hasRemaining(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            if (buffer.hasRemaining()) {
                return true;
            }
        }
        return false;
    }
}
