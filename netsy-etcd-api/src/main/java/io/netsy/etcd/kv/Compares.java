package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The comparisons of a transaction against one state (etcd semantics, section 9). */
final class Compares {
    /** Values of a compared range are read in portions, so that a large range does not fill memory. */
    private static final int PORTION = 1_000;

    private Compares() {}

    static boolean allHold(List<Compare> compares, ReadView view) {
        for (Compare compare : compares) {
            if (!holds(compare, view)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Compare compare, ReadView view) {
        if (compare.getRangeEnd().isEmpty()) {
            return holds(compare, view, view.state().live(ByteStrings.toBytes(compare.getKey())));
        }
        KeyRange range = ByteStrings.toRange(compare.getKey(), compare.getRangeEnd());
        if (view.state().countLive(range) == 0) {
            return holds(compare, view, null);
        }
        return compare.getTarget() == Compare.CompareTarget.VALUE
                ? allValuesHold(compare, view, range)
                : allNumbersHold(compare, view, range);
    }

    private static boolean allNumbersHold(Compare compare, ReadView view, KeyRange range) {
        boolean[] holds = {true};
        view.visitLive(range, record -> holds[0] = holds(compare, view, record));
        return holds[0];
    }

    private static boolean allValuesHold(Compare compare, ReadView view, KeyRange range) {
        List<KeyRecord> portion = new ArrayList<>();
        boolean[] holds = {true};
        view.visitLive(range, record -> {
            portion.add(record);
            if (portion.size() == PORTION) {
                holds[0] = valuesHold(compare, view, portion);
                portion.clear();
            }
            return holds[0];
        });
        return holds[0] && valuesHold(compare, view, portion);
    }

    private static boolean valuesHold(Compare compare, ReadView view, List<KeyRecord> records) {
        if (records.isEmpty()) {
            return true;
        }
        long[] ids = records.stream().mapToLong(KeyRecord::modId).toArray();
        for (Bytes value : view.values().values(ids)) {
            if (!holds(compare, value.compareTo(expected(compare)))) {
                return false;
            }
        }
        return true;
    }

    /** Whether it holds for one key; null is an absent one, whose numbers are 0 and which has no value at all. */
    private static boolean holds(Compare compare, ReadView view, @Nullable KeyRecord record) {
        return switch (compare.getTarget()) {
            case VERSION -> holds(compare, record == null ? 0 : record.version(), compare.getVersion());
            case CREATE -> holds(compare, record == null ? 0 : record.createRevision(), compare.getCreateRevision());
            case MOD -> holds(compare, record == null ? 0 : record.modRevision(), compare.getModRevision());
            case LEASE -> holds(compare, record == null ? 0 : record.leaseId(), compare.getLease());
            case VALUE ->
                record != null
                        && holds(compare, view.values().value(record.modId()).compareTo(expected(compare)));
            case UNRECOGNIZED -> holds(compare, 0);
        };
    }

    private static Bytes expected(Compare compare) {
        ByteString value = compare.getValue();
        return ByteStrings.toBytes(value);
    }

    private static boolean holds(Compare compare, long actual, long expected) {
        return holds(compare, Long.compare(actual, expected));
    }

    private static boolean holds(Compare compare, int comparison) {
        return switch (compare.getResult()) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case GREATER -> comparison > 0;
            case LESS -> comparison < 0;
            case UNRECOGNIZED -> true;
        };
    }
}
