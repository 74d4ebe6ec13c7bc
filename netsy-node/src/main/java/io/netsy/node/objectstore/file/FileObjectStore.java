package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The object store on a folder, for one machine and for trying things out; several processes may share it.
 *
 * <p>A write (design brief, section 3, "File store"):
 *
 * <ol>
 *   <li>writes the bytes to a file of its own and flushes it;
 *   <li>links that file to the object's name; the file system lets one of several do so, the others see "exists";
 *   <li>flushes the folder, and only then answers.
 * </ol>
 *
 * <p>So an object is never seen in part, whoever is killed when, and nothing is held that a stopped process could keep.
 * A swap links the next numbered version the same way; versions are never removed, because a late swap would win on a
 * freed number.
 *
 * <p>After a failed flush of a folder nobody can tell what is on the disk: this object then refuses everything, and the
 * process has to start again.
 */
public final class FileObjectStore implements ObjectStore {

    private final FileLayout layout;
    private final Folders folders;
    private final WorkFolder work;

    /** Per swapped object the highest version seen here, from where to look for higher ones. */
    private final Map<String, Long> seenVersions = new ConcurrentHashMap<>();

    private volatile @Nullable String broken;

    private FileObjectStore(FileLayout layout, Folders folders, WorkFolder work) {
        this.layout = layout;
        this.folders = folders;
        this.work = work;
    }

    /** Opens the store in a folder, which need not exist yet, and clears what dead processes left in it. */
    public static FileObjectStore open(Path folder, StoreEnvironment environment) {
        FileObjectStore store = openUncleared(folder, environment);
        store.work.clearLeftovers();
        return store;
    }

    /** Opens the same and touches nothing in the folder until something is written. */
    public static FileObjectStore openUncleared(Path folder, StoreEnvironment environment) {
        FileLayout layout = new FileLayout(folder);
        Folders folders = new Folders(layout.root(), environment);
        WorkFolder work = new WorkFolder(layout.work(), folders, environment);
        return new FileObjectStore(layout, folders, work);
    }

    @Override
    public Optional<StoredObject> get(String key) {
        String action = begin("get", key);
        try {
            return ofCurrentVersion(key, this::read);
        } catch (IOException e) {
            throw FileFaults.readFailed(action, e);
        }
    }

    @Override
    public InputStream open(String key) {
        String action = begin("open", key);
        try {
            return ofCurrentVersion(key, (file, number) -> openSettled(file))
                    .orElseThrow(() -> new ObjectStoreException.ObjectMissing(action));
        } catch (IOException e) {
            throw FileFaults.readFailed(action, e);
        }
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        String action = begin("put", key);
        return create(action, layout.object(key), file -> NewFile.write(file, body))
                ? new PutOutcome.Created(FileLayout.asVersion(FileLayout.FIRST_VERSION))
                : new PutOutcome.Exists();
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path source) {
        String action = begin("upload " + source + " to", key);
        Path target = layout.object(key);
        if (Files.exists(target)) {
            flushOrBreak(action, folderOf(target));
            return new PutOutcome.Exists();
        }
        return create(action, target, file -> NewFile.copy(source, file))
                ? new PutOutcome.Created(FileLayout.asVersion(FileLayout.FIRST_VERSION))
                : new PutOutcome.Exists();
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        String action = begin("swap", key);
        long number = FileLayout.asNumber(expected);
        if (!Files.exists(layout.version(key, number)) || Files.exists(layout.version(key, number + 1))) {
            return new SwapOutcome.Mismatch();
        }
        return create(action, layout.version(key, number + 1), file -> NewFile.write(file, ByteBuffer.wrap(body)))
                ? new SwapOutcome.Swapped(FileLayout.asVersion(number + 1))
                : new SwapOutcome.Mismatch();
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        ObjectKeys.checkPrefix(prefix);
        if (limit < 1) {
            throw new IllegalArgumentException("a list of at most " + limit + " objects makes no sense");
        }
        String action = begin("list", prefix);
        KeyWalk walk = new KeyWalk(layout.root(), prefix, startAfter, limit);
        try {
            List<ObjectInfo> objects = new ArrayList<>();
            for (String key : walk.run()) {
                ofCurrentVersion(key, (file, number) -> info(key, file)).ifPresent(objects::add);
            }
            for (Path folder : walk.visited()) {
                folders.settle(folder);
            }
            return objects;
        } catch (IOException e) {
            throw FileFaults.readFailed(action, e);
        }
    }

    @Override
    public void delete(Collection<String> keys) {
        String action = begin(
                "delete " + keys.size() + " objects, first",
                keys.isEmpty() ? "" : keys.iterator().next());
        Set<Path> changed = new LinkedHashSet<>();
        try {
            for (String key : keys) {
                deleteOne(key, changed);
            }
            for (Path folder : changed) {
                folders.flush(folder);
            }
        } catch (IOException e) {
            throw new ObjectStoreException.OutcomeUnknown(action, e.toString(), e);
        }
    }

    @Override
    public String describe() {
        return "file:" + layout.root();
    }

    @Override
    public void close() {
        work.close();
    }

    /** Whether this call gave the target its name, durably. */
    private boolean create(String action, Path target, NewFile.Filler filler) {
        Path folder = folderOf(target);
        boolean created;
        try {
            folders.make(folder);
            created = NewFile.createAs(target, work.newPath(), filler);
        } catch (IOException e) {
            throw FileFaults.writeFailed(action, e);
        }
        flushOrBreak(action, folder);
        return created;
    }

    private void flushOrBreak(String action, Path folder) {
        try {
            folders.flush(folder);
        } catch (IOException e) {
            if (!(e instanceof ClosedByInterruptException)) {
                broken = "flushing folder " + folder + " failed earlier (" + e.getMessage() + ")";
            }
            throw new ObjectStoreException.OutcomeUnknown(action, "flushing " + folder + " failed: " + e, e);
        }
    }

    private String begin(String what, String key) {
        String action = what + " " + layout.root().resolve(key);
        String reason = broken;
        if (reason != null) {
            throw new ObjectStoreException.Refused(
                    action, reason, "see that the disk is healthy (the kernel's log), then restart netsy", null);
        }
        return action;
    }

    private interface VersionReader<T> {
        T read(Path file, long number) throws IOException;
    }

    /** Reads the object's current version, or answers empty when there is none. */
    private <T> Optional<T> ofCurrentVersion(String key, VersionReader<T> reader) throws IOException {
        for (long number = highestVersion(key); number > 0; number = startOver(key, number)) {
            try {
                return Optional.of(reader.read(layout.version(key, number), number));
            } catch (IOException e) {
                if (!FileFaults.isMissing(e)) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private StoredObject read(Path file, long number) throws IOException {
        byte[] body = Files.readAllBytes(file);
        return settled(file, new StoredObject(body, FileLayout.asVersion(number), lastModified(file)));
    }

    private InputStream openSettled(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        try {
            return settled(file, stream);
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    private static ObjectInfo info(String key, Path file) throws IOException {
        return new ObjectInfo(key, Files.size(file), lastModified(file));
    }

    private static Instant lastModified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /** What was read, once its name is durable. */
    private <T> T settled(Path file, T read) throws IOException {
        folders.settle(folderOf(file));
        return read;
    }

    /** Versions are consecutive, so the highest is where the next number is free. */
    private long highestVersion(String key) {
        long number = seenVersions.getOrDefault(key, FileLayout.FIRST_VERSION);
        while (Files.exists(layout.version(key, number + 1))) {
            number++;
        }
        if (number > FileLayout.FIRST_VERSION) {
            seenVersions.merge(key, number, Math::max);
        }
        return number;
    }

    /** The version to try after the given one turned out to be missing: the object was deleted, perhaps made anew. */
    private long startOver(String key, long missing) {
        seenVersions.remove(key);
        return missing == FileLayout.FIRST_VERSION ? 0 : highestVersion(key);
    }

    /** The later versions go first and at once, by a rename: no moment shows a version between first and last. */
    private void deleteOne(String key, Set<Path> changed) throws IOException {
        Path file = layout.object(key);
        Path versions = layout.versionsFolder(key);
        if (Files.isDirectory(versions)) {
            Path aside = work.newPath();
            Files.move(versions, aside);
            folders.forget(versions);
            WorkFolder.removeTree(aside);
        }
        seenVersions.remove(key);
        if (Files.deleteIfExists(file)) {
            changed.add(folderOf(file));
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("the root folder can't be an object");
        }
        return folder;
    }
}
