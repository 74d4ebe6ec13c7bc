package io.netsy.etcd.kv;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortOrder;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RangeStream as etcd 3.7 has it: case 87 of section 21 of the etcd semantics. */
class RangeStreamConformanceTest {
    private static final int KEYS = 25;

    private final TestEtcd etcd = new TestEtcd();

    @BeforeEach
    void putKeys() {
        for (int i = 0; i < KEYS; i++) {
            etcd.put("k%02d".formatted(i), "value " + i);
        }
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    private static RangeRequest.Builder all() {
        return range("k", "l");
    }

    private List<RangeResponse> pages(RangeRequest.Builder request) {
        List<RangeResponse> pages = new ArrayList<>();
        etcd.kv.rangeStream(request.build()).forEachRemaining(page -> pages.add(page.getRangeResponse()));
        return pages;
    }

    private static RangeResponse merged(List<RangeResponse> pages) {
        RangeResponse.Builder merged = RangeResponse.newBuilder();
        pages.forEach(merged::mergeFrom);
        return merged.build();
    }

    private void compact(long revision) {
        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void case87_pagesMergedAreTheAnswerOfRange() {
        var _ = etcd.kv.deleteRange(delete("k03").build());
        etcd.put("k05", "newer");

        Stream.of(
                        all(),
                        all().setLimit(5),
                        all().setLimit(10),
                        all().setLimit(11),
                        all().setLimit(KEYS),
                        all().setLimit(100),
                        all().setLimit(-3),
                        all().setKeysOnly(true).setLimit(15),
                        all().setCountOnly(true),
                        all().setCountOnly(true).setLimit(3),
                        all().setRevision(20),
                        all().setRevision(20).setLimit(12),
                        all().setRevision(26).setSerializable(true),
                        all().setRevision(-1),
                        all().setSortOrder(SortOrder.ASCEND).setLimit(17),
                        range("k07"),
                        range("missing"),
                        range("k", NO_END),
                        range("z", "a"))
                .forEach(request -> assertThat(merged(pages(request)))
                        .as(request.toString())
                        .isEqualTo(etcd.range(request)));
    }

    @Test
    void case87_headerMoreAndCountStandOnTheLastPageAlone() {
        List<RangeResponse> pages = pages(all().setLimit(20));

        assertThat(pages).hasSizeGreaterThan(1);
        for (RangeResponse page : pages.subList(0, pages.size() - 1)) {
            assertThat(page.hasHeader()).isFalse();
            assertThat(page.getMore()).isFalse();
            assertThat(page.getCount()).isZero();
            assertThat(page.getKvsList()).isNotEmpty();
        }
        RangeResponse last = pages.getLast();
        assertThat(last.getHeader().getRevision()).isEqualTo(etcd.revision());
        assertThat(last.getHeader().getMemberId()).isNotZero();
        assertThat(last.getMore()).isTrue();
        assertThat(last.getCount()).isEqualTo(KEYS);
    }

    @Test
    void whatItCannotDoIsUnimplementedSoThatClientsFallBack() {
        for (RangeRequest.Builder request : List.of(
                all().setSortOrder(SortOrder.DESCEND),
                all().setSortOrder(SortOrder.ASCEND).setSortTarget(SortTarget.MOD),
                all().setSortTarget(SortTarget.MOD))) {
            Status status = statusOf(() -> pages(request));
            assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(status.getDescription()).isEqualTo("RangeStream does not support custom sort orders");
        }
        for (RangeRequest.Builder request : List.of(
                all().setMinModRevision(1),
                all().setMaxModRevision(1),
                all().setMinCreateRevision(1),
                all().setMaxCreateRevision(1))) {
            Status status = statusOf(() -> pages(request));
            assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(status.getDescription()).isEqualTo("RangeStream does not support revision filters");
        }
    }

    @Test
    void faultsAreThoseOfRange() {
        assertFails(EtcdError.EMPTY_KEY, () -> pages(range("")));
        assertFails(EtcdError.FUTURE_REVISION, () -> pages(all().setRevision(1_000)));
        compact(10);
        assertFails(EtcdError.COMPACTED, () -> pages(all().setRevision(9)));
        etcd.store.holdConfirmations();
        SlowReader reader = SlowReader.of(etcd, all().build());
        reader.take();
        etcd.store.refuseConfirmation(EtcdError.TIMED_OUT);
        assertThat(reader.failure().getDescription()).isEqualTo(EtcdError.TIMED_OUT.message());
    }

    @Test
    void writesBetweenPagesAreNotSeen() {
        long pinned = etcd.revision();
        SlowReader reader = SlowReader.of(etcd, all().build());
        reader.take();

        etcd.put("k99", "new");
        etcd.put("k20", "changed");
        var _ = etcd.kv.deleteRange(delete("k21").build());
        reader.takeAll();

        RangeResponse answer = merged(reader.pages());
        assertThat(TestEtcd.keys(answer)).hasSize(KEYS).contains("k21").doesNotContain("k99");
        assertThat(answer.getKvs(20).getValue()).isEqualTo(bytes("value 20"));
        assertThat(answer.getCount()).isEqualTo(KEYS);
        assertThat(answer.getHeader().getRevision()).isEqualTo(pinned);
        assertThat(reader.completed()).isTrue();
    }

    @Test
    void aCompactionBetweenPagesEndsTheStream() {
        SlowReader reader = SlowReader.of(etcd, all().build());
        reader.take();

        compact(etcd.put("other", "x"));
        etcd.store.purge();
        reader.takeAll();

        assertThat(reader.pages()).hasSize(1);
        assertThat(reader.failure().getDescription()).isEqualTo(EtcdError.COMPACTED.message());
        assertThat(reader.failure().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void aSlowClientCostsAPageNotTheRange() {
        etcd.store.revisions().evictAll();
        long before = etcd.store.revisions().valuesRead();

        SlowReader reader = SlowReader.of(etcd, all().build());
        assertThat(reader.pages()).isEmpty();
        assertThat(etcd.store.revisions().valuesRead()).isEqualTo(before);
        reader.take();

        assertThat(reader.pages()).hasSize(1);
        assertThat(etcd.store.revisions().valuesRead() - before).isEqualTo(10);
        reader.cancel();
        assertThat(etcd.store.revisions().valuesRead() - before).isEqualTo(10);
    }

    @Test
    void largeValuesMakeShortPages() {
        String large = "x".repeat(100_000);
        for (int i = 0; i < 100; i++) {
            etcd.put("l%02d".formatted(i), large);
        }

        List<RangeResponse> pages = pages(range("l", "m"));

        assertThat(merged(pages)).isEqualTo(etcd.range(range("l", "m")));
        assertThat(pages).allSatisfy(page -> assertThat(page.getKvsCount()).isLessThanOrEqualTo(32));
    }

    @Test
    void manyKeysComeInFewPages() {
        for (int i = 0; i < 5_000; i++) {
            etcd.put("m%04d".formatted(i), "v");
        }

        List<RangeResponse> pages = pages(range("m", "n"));

        assertThat(merged(pages)).isEqualTo(etcd.range(range("m", "n")));
        assertThat(pages).hasSizeLessThan(15);
    }
}
