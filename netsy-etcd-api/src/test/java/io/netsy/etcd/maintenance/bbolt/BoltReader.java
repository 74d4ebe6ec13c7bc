package io.netsy.etcd.maintenance.bbolt;

import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of files of bbolt, written from the format's description alone: it refuses whatever bbolt's own check
 * refuses, and some things more. Counts what it sees.
 */
public final class BoltReader {
    private static final int PAGE = 4096;
    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int META = 4;

    private final ByteBuffer file;
    private final BitSet seen = new BitSet();
    private final NavigableMap<String, NavigableMap<Bytes, Bytes>> buckets = new TreeMap<>();

    /** The most levels that a bucket has. */
    public int depth;

    /** Pages that overflow others. */
    public int overflowPages;

    public int leafPages;
    public int branchPages;

    private BoltReader(ByteBuffer file) {
        this.file = file.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a whole file, which may be one of bbolt's alone: without etcd's hash behind it. */
    public static BoltReader read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(channel.map(MapMode.READ_ONLY, 0, channel.size()));
        }
    }

    public static BoltReader read(ByteBuffer file) {
        BoltReader reader = new BoltReader(file);
        reader.readAll();
        return reader;
    }

    /** The names of all buckets, in order. */
    public List<String> names() {
        return List.copyOf(buckets.keySet());
    }

    /** The entries of a bucket that must exist. */
    public NavigableMap<Bytes, Bytes> bucket(String name) {
        return Objects.requireNonNull(buckets.get(name), name);
    }

    /** The value of a key that must exist. */
    public static Bytes value(NavigableMap<Bytes, Bytes> bucket, Bytes key) {
        return Objects.requireNonNull(bucket.get(key), key.toString());
    }

    private void readAll() {
        long first = meta(0);
        long second = meta(1);
        check(first == second + 1 && first % 2 == 0, "the transactions of the meta pages");
        check(file.getLong(16 + 16) == file.getLong(PAGE + 16 + 16), "the roots of the meta pages");
        NavigableMap<Bytes, Bytes> names = new TreeMap<>();
        walk(new Visit(file.getLong(16 + 16), null, null, 1), 1, names);
        names.forEach((name, value) -> readBucket(new String(name.array(), StandardCharsets.UTF_8), value));
        check(seen.cardinality() == file.limit() / PAGE, "pages that nothing leads to");
    }

    private long meta(int number) {
        int at = number * PAGE;
        check(file.getLong(at) == number && file.getShort(at + 8) == META, "the header of a meta page");
        check(file.getInt(at + 16) == 0xED0CDAED && file.getInt(at + 20) == 2, "magic and version");
        check(file.getInt(at + 24) == PAGE && file.getInt(at + 28) == 0, "page size and flags");
        check(file.getLong(at + 40) == 0, "the root's sequence");
        check(file.getLong(at + 48) == -1, "the free list");
        check(file.getLong(at + 56) * PAGE == file.limit(), "the high-water mark");
        check(file.getLong(at + 72) == fnv(at + 16, 56), "the checksum of a meta page");
        seen.set(number);
        return file.getLong(at + 64);
    }

    private long fnv(int from, int length) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < from + length; i++) {
            hash ^= file.get(i) & 0xff;
            hash *= 0x100000001b3L;
        }
        return hash;
    }

    private void readBucket(String name, Bytes header) {
        ByteBuffer value = ByteBuffer.wrap(header.array()).order(ByteOrder.LITTLE_ENDIAN);
        check(header.length() == 16, "the header of bucket " + name);
        NavigableMap<Bytes, Bytes> entries = new TreeMap<>();
        walk(new Visit(value.getLong(0), null, null, 1), 0, entries);
        check(value.getLong(8) == 0, "the sequence of bucket " + name);
        buckets.put(name, entries);
    }

    /** A page that must hold keys from {@code least} up to {@code bound} exclusive. */
    private record Visit(
            long page, @Nullable Bytes least, @Nullable Bytes bound, int level) {}

    private void walk(Visit visit, int entryFlags, NavigableMap<Bytes, Bytes> into) {
        int at = Math.toIntExact(visit.page * PAGE);
        int kind = file.getShort(at + 8);
        int count = file.getShort(at + 10) & 0xffff;
        int overflow = file.getInt(at + 12);
        check(file.getLong(at) == visit.page, "the number of page " + visit.page);
        for (int page = (int) visit.page; page <= visit.page + overflow; page++) {
            check(page >= 2 && !seen.get(page), "two ways to page " + page);
            seen.set(page);
        }
        overflowPages += overflow;
        depth = Math.max(depth, visit.level);
        int end = kind == LEAF ? leaf(visit, count, entryFlags, into) : branch(visit, count, entryFlags, into, kind);
        check((end - at + PAGE - 1) / PAGE - 1 == overflow, "the overflow of page " + visit.page);
        for (int i = end; i < at + (overflow + 1) * PAGE; i++) {
            check(file.get(i) == 0, "what is behind the end of page " + visit.page);
        }
    }

    private int leaf(Visit visit, int count, int entryFlags, NavigableMap<Bytes, Bytes> into) {
        leafPages++;
        int at = (int) visit.page * PAGE;
        int end = at + 16 + count * 16;
        Bytes before = null;
        for (int i = 0; i < count; i++) {
            int element = at + 16 + i * 16;
            int start = element + file.getInt(element + 4);
            int keySize = file.getInt(element + 8);
            int valueSize = file.getInt(element + 12);
            check(file.getInt(element) == entryFlags, "the flags of an element of page " + visit.page);
            check(start == end, "a gap in page " + visit.page);
            Bytes key = bytes(start, keySize);
            checkOrder(visit, before, key);
            check(i > 0 || visit.least == null || key.equals(visit.least), "first key of page " + visit.page);
            into.put(key, bytes(start + keySize, valueSize));
            before = key;
            end = start + keySize + valueSize;
        }
        check(count > 0 || visit.level == 1, "an empty leaf below a branch");
        return end;
    }

    private int branch(Visit visit, int count, int entryFlags, NavigableMap<Bytes, Bytes> into, int kind) {
        branchPages++;
        check(kind == BRANCH, "the kind of page " + visit.page);
        check(count >= 2, "a branch with one child is deadly to bbolt: page " + visit.page);
        int at = (int) visit.page * PAGE;
        int end = at + 16 + count * 16;
        for (int i = 0; i < count; i++) {
            int element = at + 16 + i * 16;
            Bytes key = branchKey(element);
            check(element + file.getInt(element) == end, "a gap in page " + visit.page);
            checkOrder(visit, i == 0 ? null : branchKey(element - 16), key);
            Bytes bound = i == count - 1 ? visit.bound : branchKey(element + 16);
            walk(new Visit(file.getLong(element + 8), key, bound, visit.level + 1), entryFlags, into);
            end += key.length();
        }
        return end;
    }

    private Bytes branchKey(int element) {
        return bytes(element + file.getInt(element), file.getInt(element + 4));
    }

    private static void checkOrder(Visit visit, @Nullable Bytes before, Bytes key) {
        check(before == null || before.compareTo(key) < 0, "the order of page " + visit.page);
        check(visit.least == null || visit.least.compareTo(key) <= 0, "a key of page " + visit.page + " is too small");
        check(visit.bound == null || key.compareTo(visit.bound) < 0, "a key of page " + visit.page + " is too great");
    }

    private Bytes bytes(int from, int length) {
        return Bytes.read(file.duplicate().position(from), length);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not as it must be: " + what);
        }
    }
}
