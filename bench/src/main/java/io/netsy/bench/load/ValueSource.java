package io.netsy.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.SplittableRandom;

/**
 * Values of random bytes, so that no compression on the way flatters a server; made once and shared without a copy.
 *
 * <p>They repeat only after 8 MiB, more than a compressor looks back. For one thread.
 */
public final class ValueSource {
    private static final int POOL_BYTES = 8 << 20;
    private static final long SEED = 20_260_101;

    private final byte[] pool = new byte[POOL_BYTES];
    private int next;

    public ValueSource() {
        new SplittableRandom(SEED).nextBytes(pool);
    }

    /** The next value of this length, which is at most 8 MiB. */
    public ByteString next(int sizeBytes) {
        if (next + sizeBytes > POOL_BYTES) {
            next = 0;
        }
        ByteString value = UnsafeByteOperations.unsafeWrap(pool, next, sizeBytes);
        next += sizeBytes;
        return value;
    }
}
