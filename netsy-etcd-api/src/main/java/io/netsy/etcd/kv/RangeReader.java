package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortOrder;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The answer of a range request, as a function of the request and a view (etcd semantics, section 6):
 *
 * <ol>
 *   <li>settle the revision;
 *   <li>find keys in key order, one more than the limit when neither sorting nor a filter needs them all;
 *   <li>filter, sort, cut to the limit;
 *   <li>read the values of what is left.
 * </ol>
 *
 * <p>The header is left to the caller.
 */
final class RangeReader {
    /** How many values of a page are read at once: as many may go beyond the page's size. */
    private static final int PORTION = 32;

    private static final ByteString LEAST_KEY = ByteString.copyFrom(new byte[1]);

    private final RangeRequest request;
    private final ReadView view;
    private long count;

    RangeReader(RangeRequest request, ReadView view) {
        this.request = request;
        this.view = view;
    }

    static RangeResponse.Builder read(RangeRequest request, ReadView view) {
        return new RangeReader(request, view).read();
    }

    /**
     * A part of the range in key order, of at most the limit's number of keys and about the given number of bytes. It is
     * not counted; {@code more} says whether keys are left.
     *
     * @param maxBytes with which a page is full; the last few keys may go beyond it
     */
    RangeResponse.Builder readPage(long maxBytes) {
        long at = revision();
        List<Hit> hits = at == view.revision() ? findLive() : hitsAt(at, false);
        List<Hit> kept = cut(hits);
        RangeResponse.Builder page = RangeResponse.newBuilder();
        long bytes = 0;
        for (int from = 0; from < kept.size() && bytes < maxBytes; from += PORTION) {
            List<Hit> portion = new ArrayList<>(kept.subList(from, Math.min(from + PORTION, kept.size())));
            portion.replaceAll(this::withFields);
            Bytes[] values = request.getKeysOnly() ? blanks(portion.size()) : valuesOf(portion);
            for (int i = 0; i < values.length; i++) {
                page.addKvs(portion.get(i).toKeyValue(values[i]));
                bytes += portion.get(i).record().key().length() + values[i].length();
            }
        }
        return page.setMore(page.getKvsCount() < hits.size());
    }

    /** The number of keys of the range that come after those of a page, which is not empty. */
    long countAfter(RangeResponse.Builder page) {
        RangeRequest rest = request.toBuilder().setKey(after(page)).build();
        return new RangeReader(rest, view).countAt(revision());
    }

    /** The least key that can come after those of a page, which is not empty. */
    static ByteString after(RangeResponse.Builder page) {
        return page.getKvs(page.getKvsCount() - 1).getKey().concat(LEAST_KEY);
    }

    private RangeResponse.Builder read() {
        long at = revision();
        if (request.getCountOnly()) {
            return RangeResponse.newBuilder().setCount(countAt(at));
        }
        List<Hit> hits = at == view.revision() ? findLive() : findAt(at);
        if (isFiltered()) {
            hits.removeIf(hit -> !passesFilters(hit));
        }
        SortOrder order = effectiveOrder();
        if (order != SortOrder.NONE && request.getSortTarget() == SortTarget.VALUE) {
            return answerByValue(hits, order);
        }
        sort(hits, order);
        List<Hit> kept = cut(hits);
        return answer(hits.size(), kept, request.getKeysOnly() ? blanks(kept.size()) : valuesOf(kept));
    }

    private long revision() {
        long asked = request.getRevision();
        if (asked > view.revision()) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        if (asked <= 0) {
            return view.revision();
        }
        if (asked < view.state().compactRevision()) {
            throw EtcdError.COMPACTED.exception();
        }
        return asked;
    }

    private KeyRange range() {
        return ByteStrings.toRange(request.getKey(), request.getRangeEnd());
    }

    private long countAt(long at) {
        if (at == view.revision()) {
            return view.state().countLive(range());
        }
        view.visitAt(range(), at, (record, id) -> {
            count++;
            return true;
        });
        return count;
    }

    private List<Hit> findLive() {
        if (request.getRangeEnd().isEmpty()) {
            KeyRecord record = view.state().live(ByteStrings.toBytes(request.getKey()));
            count = record == null ? 0 : 1;
            List<Hit> hits = new ArrayList<>(1);
            if (record != null) {
                hits.add(Hit.newest(record));
            }
            return hits;
        }
        KeyRange range = range();
        long wanted = wanted();
        List<Hit> hits = new ArrayList<>();
        view.visitLive(range, record -> {
            hits.add(Hit.newest(record));
            return hits.size() < wanted;
        });
        count = hits.size() < wanted ? hits.size() : view.state().countLive(range);
        return hits;
    }

    private List<Hit> findAt(long at) {
        List<Hit> hits = hitsAt(at, true);
        hits.replaceAll(this::withFields);
        return hits;
    }

    /** What is found without its fields; the walk goes on beyond it only to count. */
    private List<Hit> hitsAt(long at, boolean counting) {
        long wanted = wanted();
        List<Hit> hits = new ArrayList<>();
        view.visitAt(range(), at, (record, id) -> {
            count++;
            if (hits.size() < wanted) {
                hits.add(id == record.modId() ? Hit.newest(record) : new Hit(record, id, null));
            }
            return counting || hits.size() < wanted;
        });
        return hits;
    }

    private Hit withFields(Hit hit) {
        return hit.id() == hit.record().modId()
                ? hit
                : new Hit(hit.record(), hit.id(), view.values().revision(hit.id()));
    }

    /** How many keys in key order can matter. */
    private long wanted() {
        boolean all = request.getLimit() <= 0 || request.getSortOrder() != SortOrder.NONE || isFiltered();
        return all ? Long.MAX_VALUE : Math.addExact(Math.min(request.getLimit(), Integer.MAX_VALUE), 1);
    }

    private boolean isFiltered() {
        return request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
    }

    private boolean passesFilters(Hit hit) {
        return within(hit.modRevision(), request.getMinModRevision(), request.getMaxModRevision())
                && within(hit.createRevision(), request.getMinCreateRevision(), request.getMaxCreateRevision());
    }

    private static boolean within(long revision, long min, long max) {
        return (min == 0 || revision >= min) && (max == 0 || revision <= max);
    }

    /** Without an order, another target than the key still sorts, ascending. */
    private SortOrder effectiveOrder() {
        if (request.getSortTarget() == SortTarget.KEY) {
            return request.getSortOrder() == SortOrder.ASCEND ? SortOrder.NONE : request.getSortOrder();
        }
        return request.getSortOrder() == SortOrder.NONE ? SortOrder.ASCEND : request.getSortOrder();
    }

    /** Sorts what is in key order; equal ones stay in it. */
    private void sort(List<Hit> hits, SortOrder order) {
        if (order == SortOrder.NONE) {
            return;
        }
        if (request.getSortTarget() == SortTarget.KEY) {
            Collections.reverse(hits);
            return;
        }
        Comparator<Hit> ascending = Comparator.comparingLong(this::sortedNumber);
        hits.sort(order == SortOrder.DESCEND ? ascending.reversed() : ascending);
    }

    private long sortedNumber(Hit hit) {
        return switch (request.getSortTarget()) {
            case VERSION -> hit.version();
            case CREATE -> hit.createRevision();
            case MOD -> hit.modRevision();
            case KEY, VALUE, UNRECOGNIZED ->
                throw new IllegalArgumentException("no number: " + request.getSortTarget());
        };
    }

    private RangeResponse.Builder answerByValue(List<Hit> hits, SortOrder order) {
        Bytes[] values = valuesOf(hits);
        Comparator<Integer> ascending = Comparator.comparing(i -> values[i]);
        List<Integer> places = cut(IntStream.range(0, hits.size())
                .boxed()
                .sorted(order == SortOrder.DESCEND ? ascending.reversed() : ascending)
                .toList());
        List<Hit> kept = places.stream().map(hits::get).toList();
        Bytes[] keptValues = places.stream().map(i -> values[i]).toArray(Bytes[]::new);
        return answer(hits.size(), kept, request.getKeysOnly() ? blanks(kept.size()) : keptValues);
    }

    private <T> List<T> cut(List<T> hits) {
        long limit = request.getLimit();
        return limit > 0 && hits.size() > limit ? hits.subList(0, (int) limit) : hits;
    }

    private Bytes[] valuesOf(List<Hit> hits) {
        if (hits.size() == 1 && hits.getFirst().older() == null) {
            return new Bytes[] {view.values().value(hits.getFirst().id())};
        }
        long[] ids = hits.stream()
                .filter(hit -> hit.older() == null)
                .mapToLong(Hit::id)
                .toArray();
        Bytes[] read = ids.length == 0 ? new Bytes[0] : view.values().values(ids);
        if (ids.length == hits.size()) {
            return read;
        }
        Bytes[] values = new Bytes[hits.size()];
        for (int i = 0, next = 0; i < values.length; i++) {
            StoredRevision older = hits.get(i).older();
            values[i] = older == null ? read[next++] : older.value();
        }
        return values;
    }

    private static Bytes[] blanks(int size) {
        Bytes[] blanks = new Bytes[size];
        Arrays.fill(blanks, Bytes.EMPTY);
        return blanks;
    }

    private RangeResponse.Builder answer(int found, List<Hit> kept, Bytes[] values) {
        RangeResponse.Builder answer =
                RangeResponse.newBuilder().setCount(count).setMore(kept.size() < found);
        for (int i = 0; i < values.length; i++) {
            answer.addKvs(kept.get(i).toKeyValue(values[i]));
        }
        return answer;
    }
}
