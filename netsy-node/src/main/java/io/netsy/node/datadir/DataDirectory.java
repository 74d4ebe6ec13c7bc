package io.netsy.node.datadir;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds this node's write-ahead file and replica, locked for this process as long as it is open.
 *
 * <p>Its identity file says which cluster and node it belongs to and carries the disk id, drawn at random when the
 * directory was made: the same node on a new disk is told apart by it (protocol safety, 6). The lock ends with the
 * process, however that ends, so holding it proves that no other process on this disk still runs.
 */
public final class DataDirectory implements AutoCloseable {
    /** The directory in it for files that nobody needs after a restart. */
    public static final String TEMPORARY = "tmp";

    private static final int FORMAT_VERSION = 1;
    private static final String LOCK = "lock";
    private static final String IDENTITY = "identity.json";
    private static final String PROMISED_TERM = "promised-term";

    private final Path path;
    private final FileChannel lockChannel;

    private DataDirectory(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    /**
     * What a data directory says of itself.
     *
     * @param clusterId the cluster whose data it holds
     * @param nodeName the node it belongs to
     * @param diskId random, one for each directory ever made
     */
    public record Identity(UUID clusterId, String nodeName, UUID diskId) {}

    /**
     * Makes the directory if need be and locks it.
     *
     * @throws DataDirectoryException when it can't be written, or another process holds it
     */
    public static DataDirectory open(Path path) throws DataDirectoryException {
        try {
            Files.createDirectories(path);
            FileChannel channel = FileChannel.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                String holder = read(channel);
                channel.close();
                throw new DataDirectoryException(
                        path,
                        "another process holds its lock (process id %s)".formatted(holder.isBlank() ? "?" : holder),
                        "stop that process, or give this one a directory of its own with --data-dir");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path, "it can't be written (%s)".formatted(e), "check its owner, its permissions and the disk");
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(32);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    /**
     * Locks a directory that a node left, without changing anything in it: for tools. No node can start on it meanwhile.
     *
     * @throws DataDirectoryException when it is none, can't be read, or a node runs on it
     */
    public static DataDirectory openToRead(Path path) throws DataDirectoryException {
        Path lock = path.resolve(LOCK);
        if (!Files.isRegularFile(lock)) {
            throw new DataDirectoryException(
                    path,
                    Files.isDirectory(path)
                            ? "it has no file '" + LOCK + "', so no node ran on it"
                            : "it does not exist",
                    "check --data-dir");
        }
        try {
            FileChannel channel = FileChannel.open(lock, StandardOpenOption.READ);
            if (trySharedLock(channel) == null) {
                String holder = read(channel);
                channel.close();
                throw new DataDirectoryException(
                        path,
                        "a running process holds its lock (process id %s)".formatted(holder.isBlank() ? "?" : holder),
                        "stop that process first, or check the store alone");
            }
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path, "it can't be read (%s)".formatted(e), "check its owner, its permissions and the disk");
        }
    }

    private static @Nullable FileLock trySharedLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /**
     * What the directory says of itself; empty when it was not given an identity yet.
     *
     * @throws DataDirectoryException when its identity can't be read or makes no sense
     */
    public Optional<Identity> identity() throws DataDirectoryException {
        Path file = path.resolve(IDENTITY);
        try {
            return Files.exists(file) ? Optional.of(decode(file)) : Optional.empty();
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path,
                    "%s can't be read (%s)".formatted(IDENTITY, e),
                    "check its owner, its permissions and the disk");
        }
    }

    /**
     * Makes sure, before anything is written anywhere, that this directory may be used with a store.
     *
     * @param cluster the cluster in the store; empty when none has begun there
     * @throws DataDirectoryException when the directory belongs to another cluster or node
     */
    public void verify(Optional<UUID> cluster, String nodeName) throws DataDirectoryException {
        Optional<Identity> found = identity();
        if (found.isEmpty()) {
            return;
        }
        if (cluster.isEmpty()) {
            throw new DataDirectoryException(
                    path,
                    "it belongs to cluster %s, the store holds none"
                            .formatted(found.get().clusterId()),
                    "check --store; or use another --data-dir to begin a new cluster there");
        }
        check(found.get(), cluster.get(), nodeName);
    }

    /**
     * The directory's identity; a new directory is given one.
     *
     * @param diskIds draws a random id
     * @throws DataDirectoryException when it belongs to another cluster or node, or its identity can't be read
     */
    public Identity identify(UUID clusterId, String nodeName, Supplier<UUID> diskIds) throws DataDirectoryException {
        Path file = path.resolve(IDENTITY);
        try {
            if (!Files.exists(file)) {
                Identity identity = new Identity(clusterId, nodeName, diskIds.get());
                writeDurably(file, encode(identity));
                return identity;
            }
            return check(decode(file), clusterId, nodeName);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path,
                    "%s can't be read or written (%s)".formatted(IDENTITY, e),
                    "check its owner, its permissions and the disk");
        }
    }

    /**
     * Draws a new disk id: what was flushed here was lost, so this disk's word must not count as the old one's (protocol
     * safety, 6).
     *
     * @throws DataDirectoryException when it can't be written
     */
    public Identity renewDisk(Identity old, Supplier<UUID> diskIds) throws DataDirectoryException {
        Identity renewed = new Identity(old.clusterId(), old.nodeName(), diskIds.get());
        write(IDENTITY, encode(renewed));
        return renewed;
    }

    /**
     * The highest term that this node promised not to go below; 0 when it never promised.
     *
     * @throws DataDirectoryException when it can't be read or makes no sense
     */
    public long promisedTerm() throws DataDirectoryException {
        Path file = path.resolve(PROMISED_TERM);
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            throw new DataDirectoryException(
                    path,
                    "%s can't be read (%s)".formatted(PROMISED_TERM, e.getMessage()),
                    "delete the directory: all of it comes back from the store");
        }
    }

    /**
     * Makes durable that this node goes below this term no more. A lower one than was promised changes nothing.
     *
     * @throws DataDirectoryException when it can't be read or written
     */
    public void promiseTerm(long term) throws DataDirectoryException {
        if (term > promisedTerm()) {
            write(PROMISED_TERM, Long.toString(term));
        }
    }

    private void write(String name, String text) throws DataDirectoryException {
        try {
            writeDurably(path.resolve(name), text);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path,
                    "%s can't be written (%s)".formatted(name, e),
                    "check its owner, its permissions and the disk");
        }
    }

    private Identity check(Identity found, UUID clusterId, String nodeName) throws DataDirectoryException {
        if (!found.clusterId().equals(clusterId)) {
            throw new DataDirectoryException(
                    path,
                    "it belongs to cluster %s, the store holds cluster %s".formatted(found.clusterId(), clusterId),
                    "check --store; or use another --data-dir: what this one holds comes back from its own store");
        }
        if (!found.nodeName().equals(nodeName)) {
            throw new DataDirectoryException(
                    path,
                    "it belongs to node '%s', this is '%s'".formatted(found.nodeName(), nodeName),
                    "give each node its own --data-dir, or start with --name " + found.nodeName());
        }
        return found;
    }

    private static String encode(Identity identity) {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT_VERSION);
        json.addProperty("cluster_id", identity.clusterId().toString());
        json.addProperty("node", identity.nodeName());
        json.addProperty("disk_id", identity.diskId().toString());
        return json.toString();
    }

    private Identity decode(Path file) throws IOException, DataDirectoryException {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            int format = json.get("format").getAsInt();
            if (format > FORMAT_VERSION) {
                throw new DataDirectoryException(
                        path,
                        "it was written by a newer netsy: format %d, this one reads %d"
                                .formatted(format, FORMAT_VERSION),
                        "run the version of netsy that wrote it, or use another --data-dir");
            }
            if (format != FORMAT_VERSION) {
                throw new IllegalArgumentException("format " + format);
            }
            return new Identity(
                    UUID.fromString(json.get("cluster_id").getAsString()),
                    json.get("node").getAsString(),
                    UUID.fromString(json.get("disk_id").getAsString()));
        } catch (JsonParseException
                | IllegalArgumentException
                | IllegalStateException
                | NullPointerException
                | UnsupportedOperationException e) {
            throw new DataDirectoryException(
                    path,
                    "%s is damaged (%s)"
                            .formatted(
                                    IDENTITY,
                                    String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("")),
                    "delete the directory: all of it comes back from the store");
        }
    }

    private void writeDurably(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    public Path path() {
        return path;
    }

    /** Where the replica's file is. */
    public Path replicaFile() {
        return path.resolve("replica.db");
    }

    /** Where the write-ahead file's segments are. */
    public Path writeAheadFolder() {
        return path.resolve("wal");
    }

    /** Gives the lock back. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
