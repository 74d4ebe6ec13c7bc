package io.netsy.etcd.rpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Byte sequences in protobuf's type and in the model's, both immutable, so that one array can serve both. */
public final class ByteStrings {
    private ByteStrings() {}

    /** The same bytes, without a copy when the string is one whole array, as parsed fields are. */
    public static Bytes toBytes(ByteString string) {
        if (string.isEmpty()) {
            return Bytes.EMPTY;
        }
        ArrayTaker taker = new ArrayTaker(string.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(string, taker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Bytes.wrap(taker.array);
    }

    /** The same bytes, without a copy. */
    public static ByteString toByteString(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    /** The keys that a request's two fields name. */
    public static KeyRange toRange(ByteString key, ByteString rangeEnd) {
        return KeyRange.of(toBytes(key), toBytes(rangeEnd));
    }

    /** Takes the string's own array when it is handed over whole, and gathers the pieces when not. */
    private static final class ArrayTaker extends ByteOutput {
        private static final byte[] NONE = new byte[0];

        private final int size;
        private byte[] array = NONE;
        private int filled;

        ArrayTaker(int size) {
            this.size = size;
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            if (offset == 0 && length == size && value.length == size) {
                array = value;
                filled = size;
            } else {
                write(value, offset, length);
            }
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            System.arraycopy(value, offset, gathering(), filled, length);
            filled += length;
        }

        @Override
        public void write(byte value) {
            gathering()[filled++] = value;
        }

        @Override
        public void write(ByteBuffer value) {
            int length = value.remaining();
            value.get(gathering(), filled, length);
            filled += length;
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }

        private byte[] gathering() {
            if (array.length == 0) {
                array = new byte[size];
            }
            return array;
        }
    }
}
