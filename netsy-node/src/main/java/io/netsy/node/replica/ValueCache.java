package io.netsy.node.replica;

import io.netsy.replication.model.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Values by revision id in a ring of off-heap memory, so that tens of megabytes that come and go with every write never
 * reach the old generation.
 *
 * <p>New values go in at the head and push out those at the tail; one that was read since it went in goes in again
 * instead (the CLOCK policy). Writers take a lock; readers take none. A reader copies the bytes out first and then
 * looks whether the tail has passed them; if so, what it copied may be torn and counts as a miss. A miss is always a
 * right answer, because whatever is put in here is in the file.
 *
 * <p>Positions count bytes ever written and never wrap; the place in memory is the position modulo the capacity. A
 * record is a header of two longs (id; length of the value) and the value, padded to eight bytes, never cut by the end
 * of the memory.
 */
final class ValueCache implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int HEADER_BYTES = 2 * Long.BYTES;
    private static final long FILLER = 0;
    private static final int AVERAGE_VALUE_BYTES = 384;
    private static final int MAX_RESCUES = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ring;
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();

    /** Open addressing: ids, where their records are, and whether they were read; 0 is no id. */
    private final long[] ids;

    private final long[] positions;
    private final byte[] used;
    private final int mask;
    private final int maxCount;
    private int count;

    private long head;
    private volatile long tail;
    private volatile boolean closed;
    private byte[] rescued = new byte[4096];

    /** A cache of about this many bytes. */
    ValueCache(long capacityBytes) {
        this.capacity = capacityBytes & -Long.BYTES;
        this.ring = LazyMemory.allocate(arena, capacity);
        int slots = Integer.highestOneBit((int) Math.min(1 << 29, capacity / AVERAGE_VALUE_BYTES)) * 2;
        this.ids = new long[slots];
        this.positions = new long[slots];
        this.used = new byte[slots];
        this.mask = slots - 1;
        this.maxCount = slots / 2;
    }

    /** The value if it is here; takes no lock. */
    @Nullable
    Bytes get(long id) {
        int slot = slotOf(id);
        for (int probes = 0; probes <= mask; probes++, slot = (slot + 1) & mask) {
            long candidate = (long) ELEMENT.getAcquire(ids, slot);
            if (candidate == 0) {
                return null;
            }
            if (candidate == id) {
                Bytes value = copyOut(id, (long) ELEMENT.getAcquire(positions, slot));
                if (value != null && used[slot] == 0) {
                    used[slot] = 1;
                }
                return value;
            }
        }
        return null;
    }

    private @Nullable Bytes copyOut(long id, long position) {
        try {
            return closed || position < tail ? null : copy(id, position);
        } catch (IllegalStateException e) {
            // The memory was given back while it was read.
            return null;
        }
    }

    private @Nullable Bytes copy(long id, long position) {
        long offset = position % capacity;
        boolean ours = ring.get(LONG, offset) == id;
        long length = ring.get(LONG, offset + Long.BYTES);
        if (!ours || length < 0 || length > capacity - offset - HEADER_BYTES || passed(position)) {
            return null;
        }
        byte[] copy = new byte[(int) length];
        MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, offset + HEADER_BYTES, copy, 0, copy.length);
        return passed(position) ? null : Bytes.wrap(copy);
    }

    /** Whether the bytes read so far from a position may have been written over. */
    private boolean passed(long position) {
        VarHandle.loadLoadFence();
        return position < tail;
    }

    /** Puts a value in; one that would push out more than an eighth of the others is left out. */
    void put(long id, Bytes value) {
        lock.lock();
        try {
            if (!closed && recordBytes(value.length()) <= capacity / 8 && find(id) < 0) {
                append(id, value.array(), value.length());
            }
        } finally {
            lock.unlock();
        }
    }

    private static long recordBytes(int length) {
        return HEADER_BYTES + ((length + Long.BYTES - 1L) & -Long.BYTES);
    }

    private void append(long id, byte[] value, int length) {
        long size = recordBytes(length);
        int rescues = 0;
        while (count >= maxCount || capacity - (head - tail) < size + fillerBefore(size)) {
            rescues += evictOne(rescues < MAX_RESCUES) ? 1 : 0;
        }
        write(id, value, length);
    }

    private void write(long id, byte[] value, int length) {
        long size = recordBytes(length);
        writeFiller(fillerBefore(size));
        long offset = head % capacity;
        ring.set(LONG, offset, id);
        ring.set(LONG, offset + Long.BYTES, length);
        MemorySegment.copy(value, 0, ring, ValueLayout.JAVA_BYTE, offset + HEADER_BYTES, length);
        insert(id, head);
        head += size;
    }

    /** Bytes up to the end of the memory that are too few for a record of this size. */
    private long fillerBefore(long size) {
        long left = capacity - head % capacity;
        return left < size ? left : 0;
    }

    private void writeFiller(long bytes) {
        if (bytes >= HEADER_BYTES) {
            ring.set(LONG, head % capacity, FILLER);
            ring.set(LONG, head % capacity + Long.BYTES, bytes - HEADER_BYTES);
        }
        head += bytes;
    }

    /** Takes the oldest record away; answers whether it went in again at the head because it was read meanwhile. */
    private boolean evictOne(boolean mayRescue) {
        long offset = tail % capacity;
        if (capacity - offset < HEADER_BYTES) {
            moveTail(capacity - offset);
            return false;
        }
        long id = ring.get(LONG, offset);
        int length = (int) ring.get(LONG, offset + Long.BYTES);
        int slot = id == FILLER ? -1 : find(id);
        boolean rescue = slot >= 0 && used[slot] != 0 && mayRescue;
        if (rescue) {
            rescued = rescued.length < length ? new byte[length] : rescued;
            MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, offset + HEADER_BYTES, rescued, 0, length);
        }
        if (slot >= 0) {
            remove(slot);
        }
        moveTail(recordBytes(length));
        if (rescue) {
            reinsert(id, length);
        }
        return rescue;
    }

    /** Puts the rescued value back; what follows it at the tail goes without a look at whether it was read. */
    private void reinsert(long id, int length) {
        long size = recordBytes(length);
        while (capacity - (head - tail) < size + fillerBefore(size)) {
            evictOne(false);
        }
        write(id, rescued, length);
    }

    /** Readers must see the new tail before a byte behind it changes. */
    private void moveTail(long bytes) {
        long moved = tail + bytes;
        tail = moved;
        VarHandle.fullFence();
    }

    private int slotOf(long id) {
        return (int) ((id * 0x9e3779b97f4a7c15L) >>> 32) & mask;
    }

    private int find(long id) {
        for (int slot = slotOf(id); ids[slot] != 0; slot = (slot + 1) & mask) {
            if (ids[slot] == id) {
                return slot;
            }
        }
        return -1;
    }

    private void insert(long id, long position) {
        int slot = slotOf(id);
        while (ids[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        used[slot] = 0;
        ELEMENT.setRelease(positions, slot, position);
        ELEMENT.setRelease(ids, slot, id);
        count++;
    }

    /** Closes the gap by moving later entries of the chain back; a reader on its way may miss one of them. */
    private void remove(int removed) {
        int gap = removed;
        for (int slot = (gap + 1) & mask; ids[slot] != 0; slot = (slot + 1) & mask) {
            int home = slotOf(ids[slot]);
            if (((slot - home) & mask) >= ((slot - gap) & mask)) {
                ELEMENT.setRelease(positions, gap, positions[slot]);
                used[gap] = used[slot];
                ELEMENT.setRelease(ids, gap, ids[slot]);
                gap = slot;
            }
        }
        ELEMENT.setRelease(ids, gap, 0L);
        count--;
    }

    /** Forgets everything. */
    void clear() {
        lock.lock();
        try {
            moveTail(head - tail);
            Arrays.fill(ids, 0);
            count = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the memory back; later reads are misses. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arena.close();
        } finally {
            lock.unlock();
        }
    }
}
