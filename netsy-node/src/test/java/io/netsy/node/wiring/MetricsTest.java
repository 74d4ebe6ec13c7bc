package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.DefragmentRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.node.metrics.Exposition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus sees of a whole node: etcd's names with etcd's types, and figures that move when things happen. */
class MetricsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String APPLIED = "etcd_server_apply_duration_seconds_count";

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // by start
    private ScrapedNode node;

    @BeforeEach
    void start() throws Exception {
        node = ScrapedNode.start(folder, "n1", Map.of("snapshot.interval", "1s", "retention.log", "0"));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static PutRequest putRequest(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v")).build();
    }

    private static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    private void assertMoved(Exposition before, Exposition after, double by, String name, String... labels) {
        assertThat(after.value(name, labels) - before.find(name, labels).orElse(0.0))
                .as(name)
                .isEqualTo(by);
    }

    private void awaitValue(double expected, String name, String... labels) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(node.value(name, labels)).isEqualTo(expected));
    }

    @Test
    void theNamesOfEtcdAreThereWithItsTypesAndLabels() throws Exception {
        node.put("k", "v");
        node.text("/readyz");

        Exposition page = node.scrape();

        for (EtcdNames.Name name : EtcdNames.ALL) {
            Exposition.Family family = page.family(name.name());
            assertThat(family.type).as(name.name()).isEqualTo(name.type());
            assertThat(family.labelNames()).as(name.name()).isEqualTo(name.labels());
        }
    }

    @Test
    void bucketsAreEtcds() throws Exception {
        node.put("k", "v");
        Exposition page = node.scrape();
        assertBuckets(page, "etcd_disk_wal_fsync_duration_seconds", 15, "0.001", "8.192");
        assertBuckets(page, "etcd_disk_backend_commit_duration_seconds", 15, "0.001", "8.192");
        assertBuckets(page, "etcd_disk_backend_defrag_duration_seconds", 14, "0.1", "409.6");
        assertBuckets(page, "etcd_disk_backend_snapshot_duration_seconds", 18, "0.01", "655.36");
        assertBuckets(page, "etcd_server_apply_duration_seconds", 21, "0.0001", "52.4288");
        assertBuckets(page, "etcd_server_range_duration_seconds", 42, "0.0001", "52.4288");
        assertBuckets(page, "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", 15, "100", "819200");
    }

    private static void assertBuckets(Exposition page, String name, int count, String first, String last) {
        List<String> bounds = page.labelSets(name + "_bucket").stream()
                .map(labels -> labels.get("le"))
                .toList();
        assertThat(bounds)
                .as(name)
                .hasSize(count)
                .startsWith(first)
                .contains(last)
                .endsWith("+Inf");
    }

    @Test
    void countersEndInTotalUnlessEtcdsDoNot() throws Exception {
        assertThat(node.scrape().families().values().stream()
                        .filter(family -> family.type.equals("counter"))
                        .map(family -> family.name)
                        .filter(name -> !name.endsWith("_total")))
                .containsExactlyInAnyOrder("etcd_server_health_success", "etcd_server_health_failures");
    }

    @Test
    void everyMethodCountsFromZero() throws Exception {
        Exposition page = node.scrape();
        assertThat(page.labelSets("grpc_server_started_total"))
                .contains(
                        Map.of("grpc_method", "Put", "grpc_service", "etcdserverpb.KV", "grpc_type", "unary"),
                        Map.of(
                                "grpc_method",
                                "Watch",
                                "grpc_service",
                                "etcdserverpb.Watch",
                                "grpc_type",
                                "bidi_stream"),
                        Map.of("grpc_method", "Check", "grpc_service", "grpc.health.v1.Health", "grpc_type", "unary"));
        for (Map<String, String> method : page.labelSets("grpc_server_started_total")) {
            List<String> codes = page.labelSets("grpc_server_handled_total").stream()
                    .filter(labels -> labels.entrySet().containsAll(method.entrySet()))
                    .map(labels -> labels.get("grpc_code"))
                    .toList();
            assertThat(codes).hasSize(17).contains("OK", "Canceled", "Unavailable", "DeadlineExceeded");
        }
        assertThat(page.value(
                        "grpc_server_handled_total",
                        "grpc_code",
                        "OK",
                        "grpc_method",
                        "Put",
                        "grpc_service",
                        "etcdserverpb.KV",
                        "grpc_type",
                        "unary"))
                .isZero();
    }

    @Test
    void writesAndReadsMoveTheirFigures() throws Exception {
        Exposition before = node.scrape();
        node.put("k", "value");
        node.kv.range(get("k"));
        Exposition after = node.scrape();

        assertMoved(before, after, 1, "etcd_mvcc_put_total");
        assertMoved(before, after, 1, "etcd_mvcc_range_total");
        assertMoved(before, after, 6, "etcd_debugging_mvcc_total_put_size_in_bytes");
        assertMoved(before, after, 1, "etcd_debugging_mvcc_keys_total");
        assertMoved(before, after, 1, "etcd_debugging_mvcc_current_revision");
        assertMoved(before, after, 1, "etcd_server_proposals_committed_total");
        assertMoved(before, after, 1, "etcd_disk_wal_fsync_duration_seconds_count");
        assertMoved(before, after, 1, APPLIED, "op", "Put", "success", "true", "version", "v3");
        assertMoved(before, after, 1, "etcd_server_range_duration_seconds_count", "success", "true");
        assertMoved(before, after, 1, "netsy_commit_entries_total");
        assertMoved(before, after, 1, "netsy_commit_stage_duration_seconds_count", "stage", "store");
        assertMoved(before, after, 0, "etcd_server_proposals_failed_total");
        assertThat(after.value("etcd_disk_wal_write_bytes_total"))
                .isGreaterThan(before.value("etcd_disk_wal_write_bytes_total"))
                .isEqualTo(after.value("netsy_log_bytes_total"));
        String[] puts = {"kind", "put", "outcome", "done"};
        assertThat(after.value("netsy_object_store_requests_total", puts))
                .isGreaterThan(before.value("netsy_object_store_requests_total", puts));
        assertThat(after.value("netsy_object_store_request_price_usd_total"))
                .isGreaterThan(before.value("netsy_object_store_request_price_usd_total"));
        awaitValue(after.value("etcd_server_proposals_committed_total"), "etcd_server_proposals_applied_total");
        assertThat(node.value("etcd_disk_backend_commit_duration_seconds_count"))
                .isPositive();
    }

    @Test
    void whatTheStateRefusesIsAppliedWithoutSuccess() throws Exception {
        Exposition before = node.scrape();
        PutRequest onNoLease = putRequest("k").toBuilder().setLease(77).build();
        assertThatThrownBy(() -> node.kv.put(onNoLease)).hasMessageContaining("lease not found");
        Exposition after = node.scrape();

        assertMoved(before, after, 1, APPLIED, "op", "Put", "success", "false", "version", "v3");
        assertMoved(before, after, 0, "etcd_server_proposals_failed_total");
        assertMoved(before, after, 0, "etcd_mvcc_put_total");
    }

    @Test
    void waitingWritesAreSeen() throws Exception {
        await().atMost(SOON).until(() -> {
            List<ListenableFuture<PutResponse>> puts = IntStream.range(0, 100)
                    .mapToObj(i -> node.kvFutures.put(putRequest("k" + i)))
                    .toList();
            double pending = node.value("etcd_server_proposals_pending");
            for (ListenableFuture<PutResponse> put : puts) {
                put.get();
            }
            return pending > 0;
        });
        awaitValue(0, "etcd_server_proposals_pending");
    }

    @Test
    void watchesMoveTheirFigures() throws Exception {
        BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests = node.watch.watch(into(responses));
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("w")))
                .build());
        assertThat(responses.poll(30, TimeUnit.SECONDS)).matches(WatchResponse::getCreated);

        assertThat(node.value("etcd_debugging_mvcc_watch_stream_total")).isEqualTo(1);
        assertThat(node.value("etcd_debugging_mvcc_watcher_total")).isEqualTo(1);
        assertThat(node.value("etcd_debugging_mvcc_events_total")).isZero();
        node.put("w", "1");
        assertThat(responses.poll(30, TimeUnit.SECONDS))
                .extracting(WatchResponse::getEventsCount)
                .isEqualTo(1);
        assertThat(node.value("etcd_debugging_mvcc_events_total")).isEqualTo(1);
        awaitValue(0, "etcd_debugging_mvcc_pending_events_total");

        requests.onError(Status.CANCELLED.asRuntimeException());
        awaitValue(0, "etcd_debugging_mvcc_watch_stream_total");
        awaitValue(0, "etcd_debugging_mvcc_watcher_total");
    }

    @Test
    void leasesMoveTheirFigures() throws Exception {
        long id = node.lease
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(1).build())
                .getID();
        BlockingQueue<LeaseKeepAliveResponse> renewals = new LinkedBlockingQueue<>();
        node.leaseStreams
                .leaseKeepAlive(into(renewals))
                .onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        assertThat(renewals.poll(30, TimeUnit.SECONDS)).isNotNull();
        node.kv.put(putRequest("leased").toBuilder().setLease(id).build());

        assertThat(node.value("etcd_debugging_lease_granted_total")).isEqualTo(1);
        assertThat(node.value("etcd_debugging_lease_renewed_total")).isEqualTo(1);
        assertThat(node.value("netsy_leases")).isEqualTo(1);
        awaitValue(1, "etcd_debugging_server_lease_expired_total");
        Exposition after = node.scrape();
        assertThat(after.value("etcd_debugging_lease_revoked_total")).isEqualTo(1);
        assertThat(after.value("etcd_mvcc_delete_total")).isEqualTo(1);
        assertThat(after.value("netsy_leases")).isZero();
        assertThat(after.value(APPLIED, "op", "LeaseRevoke", "success", "true", "version", "v3"))
                .isEqualTo(1);
    }

    @Test
    void compactionAndDefragmentationMoveTheirFigures() throws Exception {
        assertThat(node.value("etcd_debugging_mvcc_compact_revision")).isEqualTo(-1);
        node.put("c", "1");
        long current = node.put("c", "2");
        node.kv.compact(CompactionRequest.newBuilder()
                .setRevision(current)
                .setPhysical(true)
                .build());

        Exposition after = node.scrape();
        assertThat(after.value("etcd_debugging_mvcc_compact_revision")).isEqualTo((double) current);
        assertThat(after.value("netsy_replica_purged_revision")).isEqualTo((double) current);
        assertThat(after.value("etcd_debugging_mvcc_db_compaction_keys_total")).isEqualTo(1);
        awaitValue(1, "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count");
        assertThat(node.value("etcd_debugging_mvcc_db_compaction_last")).isPositive();

        node.maintenance.defragment(DefragmentRequest.getDefaultInstance());
        awaitValue(1, "etcd_disk_backend_defrag_duration_seconds_count");
        awaitValue(0, "etcd_disk_defrag_inflight");
    }

    /** Twenty small chunks would take a recovery as long as a mebibyte of snapshot. */
    @Test
    void manySmallChunksAreReasonEnoughForASnapshot() throws Exception {
        Map<String, String> rare = Map.of("snapshot.interval", "6h", "snapshot.maxLogBytes", "1MiB");
        try (ScrapedNode other = ScrapedNode.start(folder.resolve("other"), "n2", rare)) {
            for (int i = 0; i < 20; i++) {
                other.put("small", "v" + i);
            }
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(other.value("netsy_snapshots_total")).isPositive());
        }
    }

    @Test
    void snapshotsMoveTheirFigures() throws Exception {
        node.put("s", "1");
        node.put("s", "2");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(node.value("netsy_retention_deleted_chunks_total"))
                        .isPositive());
        Exposition after = node.scrape();
        assertThat(after.value("etcd_disk_backend_snapshot_duration_seconds_count"))
                .isPositive();
        assertThat(after.value("netsy_snapshots_total")).isPositive();
        assertThat(after.value("netsy_snapshot_newest_bytes")).isPositive();
        assertThat(after.value("netsy_snapshot_newest_timestamp_seconds"))
                .isGreaterThanOrEqualTo(Math.floor(after.value("process_start_time_seconds")));
        assertThat(after.value("netsy_housekeeping_failures_total")).isZero();
    }

    @Test
    void aDeposedPrimaryShowsIt() throws Exception {
        node.put("k", "v");
        assertThat(node.value("etcd_server_leader_changes_seen_total")).isEqualTo(1);
        assertThat(node.value("netsy_read_lease_held")).isEqualTo(1);
        try (ScrapedNode successor = ScrapedNode.start(folder, "n2", Map.of())) {
            awaitValue(0, "etcd_server_has_leader");
            assertThatThrownBy(() -> node.put("k", "w")).isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> node.kv.range(get("k"))).isInstanceOf(StatusRuntimeException.class);

            Exposition deposed = node.scrape();
            assertThat(deposed.value("etcd_server_is_leader")).isZero();
            assertThat(deposed.value("etcd_server_proposals_failed_total")).isEqualTo(1);
            assertThat(deposed.value("etcd_server_read_indexes_failed_total")).isEqualTo(1);
            assertThat(deposed.value("netsy_read_lease_held")).isZero();
            assertThat(successor.value("etcd_server_is_leader")).isEqualTo(1);
            assertThat(successor.value("netsy_term")).isEqualTo(deposed.value("netsy_term") + 1);
        }
    }

    private static <T> StreamObserver<T> into(BlockingQueue<T> queue) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                queue.add(value);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
    }
}
