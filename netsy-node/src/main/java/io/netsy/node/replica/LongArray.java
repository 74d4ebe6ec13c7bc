package io.netsy.node.replica;

import java.util.Arrays;

/** Numbers without boxes, as many as come. For one thread. */
final class LongArray {
    private static final int FIRST_CAPACITY = 1024;

    private long[] numbers = new long[FIRST_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    void addAll(long[] more) {
        if (size + more.length > numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.max(size + more.length, 2 * numbers.length));
        }
        System.arraycopy(more, 0, numbers, size, more.length);
        size += more.length;
    }

    /** All of them in ascending order; none is left. */
    long[] takeSorted() {
        long[] all = Arrays.copyOf(numbers, size);
        Arrays.sort(all);
        size = 0;
        return all;
    }
}
