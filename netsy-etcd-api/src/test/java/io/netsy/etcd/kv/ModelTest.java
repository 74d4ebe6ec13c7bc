package io.netsy.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.CompactionResponse;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service against {@link DumbEtcd}: the same random requests, the same answers. The seed is the test's parameter. */
class ModelTest {
    private static final int REQUESTS = 4_000;

    private TestEtcd etcd = new TestEtcd();
    private final DumbEtcd model = new DumbEtcd();
    private final Map<String, Integer> outcomes = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void answersAsTheModel(long seed) {
        RandomRequests requests = new RandomRequests(seed);
        RandomRequests.LEASES.forEach(id -> {
            var _ = etcd.lease.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(id).setTTL(1_000).build());
            model.leases.add(id);
        });
        for (int i = 0; i < REQUESTS; i++) {
            step(requests);
        }
        etcd.close();
        assertThat(outcomes).containsKeys("answered", "etcdserver: duplicate key given in txn request");
        assertThat(outcomes.getOrDefault("answered", 0)).isGreaterThan(REQUESTS / 2);
    }

    private void step(RandomRequests requests) {
        switch (requests.below(20)) {
            case 0, 1, 2, 3, 4 -> {
                RangeRequest request = requests.range(model.revision());
                compare(request, () -> etcd.kv.range(request), () -> model.range(request));
            }
            case 5, 6, 7, 8 -> {
                PutRequest request = requests.put();
                compare(request, () -> etcd.kv.put(request), () -> model.put(request));
            }
            case 9 -> {
                DeleteRangeRequest request = requests.delete();
                compare(request, () -> etcd.kv.deleteRange(request), () -> model.delete(request));
            }
            default -> {
                TxnRequest request = requests.txn(model.revision(), 2);
                compare(request, () -> etcd.kv.txn(request), () -> model.txn(request));
            }
        }
        disturb(requests);
    }

    /** Compacts, purges, empties caches and restarts, now and then. */
    private void disturb(RandomRequests requests) {
        if (requests.oneIn(50)) {
            CompactionRequest request = CompactionRequest.newBuilder()
                    .setRevision(requests.revision(model.revision()))
                    .build();
            compare(request, () -> etcd.kv.compact(request), () -> {
                model.compact(request.getRevision());
                return CompactionResponse.newBuilder()
                        .setHeader(ResponseHeader.newBuilder().setRevision(model.revision()))
                        .build();
            });
        }
        if (requests.oneIn(40)) {
            etcd.store.purge();
        }
        if (requests.oneIn(30)) {
            etcd.store.revisions().evictAll();
        }
        if (requests.oneIn(500)) {
            etcd = etcd.restarted();
        }
    }

    private void compare(Message request, Supplier<Message> real, Supplier<Message> expected) {
        String answer = expected(expected);
        assertThat(outcomeOf(real)).as("answer to %s", request).isEqualTo(answer);
        outcomes.merge(answer.startsWith("etcdserver") ? answer : "answered", 1, Integer::sum);
    }

    private static String outcomeOf(Supplier<Message> call) {
        try {
            return withoutIds(call.get()).toString();
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    private static String expected(Supplier<Message> call) {
        try {
            return call.get().toString();
        } catch (EtcdException e) {
            return e.error().message();
        }
    }

    /** The outermost header without what a model has no opinion on. */
    private static Message withoutIds(Message answer) {
        var field = answer.getDescriptorForType().findFieldByName("header");
        ResponseHeader header = (ResponseHeader) answer.getField(field);
        return answer.toBuilder()
                .setField(
                        field,
                        ResponseHeader.newBuilder()
                                .setRevision(header.getRevision())
                                .build())
                .build();
    }
}
