package io.netsy.elector.assignment.file;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.AssignmentBoard;
import io.netsy.elector.assignment.AssignmentEnvironment;
import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.assignment.PollLoop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The role as a file says: its content is the name of the node that is the elector, in UTF-8, with or without white space
 * around it. Put a new file in its place by a rename, so that nobody reads half a name. A file that is missing, empty or not
 * to be read names nobody.
 */
public final class FileAssignment implements ElectorAssignment {
    /** Far more than any name has. */
    private static final int LARGEST_FILE_BYTES = 1024;

    /** So many readings may fail to come before the last answer is too old. */
    private static final int TRUSTED_READINGS = 3;

    private final Path file;
    private final String self;
    private final Duration rereadEvery;
    private final AssignmentEnvironment environment;
    private final AssignmentBoard board;
    private final PollLoop loop;
    private final FolderWatch watch;

    /**
     * @param self this node
     * @param rereadEvery how often the file is read even if nothing tells of a change
     * @throws IllegalArgumentException when the path has no folder, or the pause is none
     */
    public FileAssignment(Path file, String self, Duration rereadEvery, AssignmentEnvironment environment) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !rereadEvery.isPositive()) {
            throw new IllegalArgumentException(
                    "the elector's file '%s', to be read each %d ms: name a file in a folder, and a pause above 0"
                            .formatted(file, rereadEvery.toMillis()));
        }
        this.file = file;
        this.self = self;
        this.rereadEvery = rereadEvery;
        this.environment = environment;
        this.board = new AssignmentBoard(describe(), environment.bootNanos());
        this.loop = new PollLoop("netsy-elector-file", this::poll);
        this.watch = new FolderWatch(file, folder, loop::wake);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public Assignment current() {
        return board.current();
    }

    @Override
    public void onChange(Runnable listener) {
        board.onChange(listener);
    }

    @Override
    public String describe() {
        return "file " + file;
    }

    @Override
    public void close() {
        loop.close();
        watch.close();
        board.closed();
    }

    /** Reads the file once. Watching comes first, so that no change falls between the two. */
    private Duration poll() {
        watch.maybeWatch();
        long startedNanos = environment.nowNanos();
        try {
            String holder = read();
            long trustedUntil =
                    startedNanos + rereadEvery.multipliedBy(TRUSTED_READINGS).toNanos();
            board.answered(new Assignment.Held(holder, holder.equals(self), 0, trustedUntil));
        } catch (NoSuchFileException e) {
            board.unknown("there is no such file; write the name of the elector's node into it");
        } catch (CharacterCodingException e) {
            board.unknown("its content is not UTF-8");
        } catch (IOException e) {
            board.unknown("it can't be read (%s); check the permissions"
                    .formatted(e.getClass().getSimpleName()));
        } catch (IllegalArgumentException e) {
            board.unknown(String.valueOf(e.getMessage()));
        }
        return rereadEvery;
    }

    private String read() throws IOException {
        byte[] content;
        try (InputStream stream = Files.newInputStream(file)) {
            content = stream.readNBytes(LARGEST_FILE_BYTES + 1);
        }
        if (content.length > LARGEST_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "it has more than %d bytes; write one node's name".formatted(LARGEST_FILE_BYTES));
        }
        String name = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(content))
                .toString()
                .strip();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("it is empty; write the name of the elector's node into it");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "it has more than one line, or control characters; write one node's name");
        }
        return name;
    }
}
