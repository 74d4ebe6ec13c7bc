package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The checksum that stands beside every row, because SQLite has none of its own: the CRC32C of the id, the fields and
 * the key in the upper half, which is verified whenever the key index is read; the CRC32C of the value in the lower,
 * which is verified whenever a value is.
 *
 * <p>For one thread.
 */
public final class RowChecksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer numbers = ByteBuffer.allocate(4 * Long.BYTES);

    /** The checksum of a whole row. */
    public long of(StoredRevision row) {
        return (long) ofHead(row) << Integer.SIZE | Integer.toUnsignedLong(ofValue(row.value()));
    }

    boolean headMatches(long checksum, StoredRevision row) {
        return (int) (checksum >>> Integer.SIZE) == ofHead(row);
    }

    boolean valueMatches(long checksum, Bytes value) {
        return (int) checksum == ofValue(value);
    }

    private int ofHead(StoredRevision row) {
        numbers.clear()
                .putLong(row.revisionId())
                .putLong(row.createRevision())
                .putLong(row.version())
                .putLong(row.leaseId());
        crc.reset();
        crc.update(numbers.array());
        crc.update(row.key().array());
        return (int) crc.getValue();
    }

    private int ofValue(Bytes value) {
        crc.reset();
        crc.update(value.array());
        return (int) crc.getValue();
    }
}
