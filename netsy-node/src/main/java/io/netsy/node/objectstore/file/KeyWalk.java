package io.netsy.node.objectstore.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the keys of a store's folder in key order, that leaves out folders which can't hold a wanted key.
 *
 * <p>Folders sort by their name with the slash, as keys do: {@code a-b} comes before {@code a/b}.
 */
final class KeyWalk {

    private final Path root;
    private final String prefix;
    private final @Nullable String startAfter;
    private final int limit;
    private final List<String> keys = new ArrayList<>();
    private final List<Path> visited = new ArrayList<>();

    KeyWalk(Path root, String prefix, @Nullable String startAfter, int limit) {
        this.root = root;
        this.prefix = prefix;
        this.startAfter = startAfter;
        this.limit = limit;
    }

    /** The wanted keys, ascending. */
    List<String> run() throws IOException {
        visit(root, "");
        return keys;
    }

    /** The folders that were read. */
    List<Path> visited() {
        return visited;
    }

    private void visit(Path folder, String folderKey) throws IOException {
        for (String name : sortedCandidates(folder, folderKey)) {
            if (keys.size() == limit) {
                return;
            }
            if (!name.endsWith("/")) {
                if (Files.isRegularFile(folder.resolve(name))) {
                    keys.add(folderKey + name);
                }
            } else {
                Path child = folder.resolve(name.substring(0, name.length() - 1));
                if (Files.isDirectory(child)) {
                    visit(child, folderKey + name);
                }
            }
        }
    }

    /** Each name as an object and, with a slash, as a folder: which of both it is, is asked only where it matters. */
    private List<String> sortedCandidates(Path folder, String folderKey) throws IOException {
        List<String> candidates = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            visited.add(folder);
            for (Path child : children) {
                addCandidates(candidates, child.getFileName().toString(), folderKey);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(candidates);
        return candidates;
    }

    private void addCandidates(List<String> candidates, String name, String folderKey) {
        if (FileLayout.isOwn(name)) {
            return;
        }
        if (isWanted(folderKey + name)) {
            candidates.add(name);
        }
        if (mayHoldWanted(folderKey + name + "/")) {
            candidates.add(name + "/");
        }
    }

    private boolean isWanted(String key) {
        return key.startsWith(prefix) && (startAfter == null || key.compareTo(startAfter) > 0);
    }

    private boolean mayHoldWanted(String folderKey) {
        boolean inPrefix = folderKey.startsWith(prefix) || prefix.startsWith(folderKey);
        boolean notAllBefore =
                startAfter == null || folderKey.compareTo(startAfter) > 0 || startAfter.startsWith(folderKey);
        return inPrefix && notAllBefore;
    }
}
