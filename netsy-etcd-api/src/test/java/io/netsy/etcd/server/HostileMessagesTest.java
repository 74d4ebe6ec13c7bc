package io.netsy.etcd.server;

import static io.netsy.etcd.server.AttackConnection.DATA;
import static io.netsy.etcd.server.AttackConnection.END_STREAM;
import static io.netsy.etcd.server.AttackConnection.beginning;
import static io.netsy.etcd.server.AttackConnection.headersOf;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.Requests.txn;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.testkit.WireEtcd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are none, nearly some, or lie about themselves, to every method over a real socket. */
class HostileMessagesTest {
    private static final List<ServiceDescriptor> SERVICES = List.of(
            KVGrpc.getServiceDescriptor(),
            WatchGrpc.getServiceDescriptor(),
            LeaseGrpc.getServiceDescriptor(),
            ClusterGrpc.getServiceDescriptor(),
            MaintenanceGrpc.getServiceDescriptor(),
            HealthGrpc.getServiceDescriptor());

    private static final int CALLS_PER_METHOD = Integer.getInteger("netsy.hostile.calls", 60);
    private static final byte[] PUT = headersOf("/etcdserverpb.KV/Put");

    private HostileBed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new HostileBed();
    }

    @AfterEach
    void close() throws Exception {
        bed.close();
    }

    /** On a server of its own: what happens to be a right message has its effect, and may stop all writes. */
    @Test
    void everyMethodAnswersAnyBytesInOrder() throws Exception {
        RandomMessages messages = new RandomMessages(21);
        try (WireEtcd etcd = new WireEtcd()) {
            ManagedChannel channel = etcd.connect();
            for (ServiceDescriptor service : SERVICES) {
                for (MethodDescriptor<?, ?> method : service.getMethods()) {
                    fuzz(channel, method, messages);
                }
            }
            assertThat(KVGrpc.newBlockingStub(etcd.connect())
                            .range(range("a").build())
                            .getHeader()
                            .getRevision())
                    .isPositive();
        }
    }

    private static void fuzz(ManagedChannel channel, MethodDescriptor<?, ?> method, RandomMessages messages) {
        Descriptor type = ((ProtoMethodDescriptorSupplier) requireNonNull(method.getSchemaDescriptor()))
                .getMethodDescriptor()
                .getInputType();
        for (int i = 0; i < CALLS_PER_METHOD; i++) {
            byte[] bytes = messages.bytesFor(type);
            Status status = call(channel, method, bytes);
            assertThat(String.valueOf(status.getDescription()))
                    .as("%s of %s", method.getFullMethodName(), Arrays.toString(bytes))
                    .doesNotContain("internal error");
        }
    }

    /** Ends a stream after its first answer; the status of a call that had none is its end's. */
    private static Status call(ManagedChannel channel, MethodDescriptor<?, ?> method, byte[] message) {
        MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName(method.getFullMethodName())
                .setType(method.getType())
                .setRequestMarshaller(new RawBytes())
                .setResponseMarshaller(new RawBytes())
                .build();
        ClientCall<byte[], byte[]> call = channel.newCall(raw, CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] answer) {
                        if (method.getType() != MethodType.UNARY) {
                            end.complete(Status.OK);
                        }
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
        if (method.getType() == MethodType.BIDI_STREAMING) {
            // A stream may say nothing at all.
            end.completeOnTimeout(Status.OK, 20, TimeUnit.MILLISECONDS);
        }
        Status status = end.orTimeout(20, TimeUnit.SECONDS).join();
        call.cancel("through with it", null);
        return status;
    }

    @Test
    void messagesThatLieAboutTheirLength() throws Exception {
        int[] lengths = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 2_097_153, 10};
        for (int length : lengths) {
            AttackConnection attacker = bed.keep(AttackConnection.greeted(bed.server));
            attacker.call(1, PUT).frame(DATA, END_STREAM, 1, beginning(length, new byte[3]));
            attacker.flush();
        }
        bed.assertHeldOut();
        bed.assertNothingStays();
    }

    @Test
    void messagesInNoEncodingThatWasAgreedOn() throws Exception {
        for (int flag : new int[] {1, 2, 255}) {
            byte[] message = beginning(3, new byte[3]);
            message[0] = (byte) flag;
            AttackConnection attacker = bed.keep(AttackConnection.greeted(bed.server));
            attacker.call(1, PUT).frame(DATA, END_STREAM, 1, message);
            attacker.flush();
        }
        bed.assertHeldOut();
        bed.assertNothingStays();
    }

    @Test
    void compressedMessagesThatInflateWithoutEnd() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] nothing = new byte[1 << 20];
            for (int i = 0; i < 1_000; i++) {
                gzip.write(nothing);
            }
        }
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(PUT);
        block.writeBytes(new byte[] {0, 13});
        block.writeBytes("grpc-encoding".getBytes(StandardCharsets.US_ASCII));
        block.writeBytes(new byte[] {4, 'g', 'z', 'i', 'p'});
        byte[] message = beginning(bomb.size(), bomb.toByteArray());
        message[0] = 1;
        for (int i = 0; i < 5; i++) {
            bed.attack(attacker -> {
                for (int j = 0; j < 20; j++) {
                    attacker.call(2 * j + 1, block.toByteArray());
                    for (int from = 0; from < message.length; from += 16_000) {
                        int to = Math.min(message.length, from + 16_000);
                        attacker.frame(
                                DATA,
                                to == message.length ? END_STREAM : 0,
                                2 * j + 1,
                                Arrays.copyOfRange(message, from, to));
                    }
                }
            });
        }
        bed.assertHeldOut();
        bed.assertNothingStays();
    }

    @Test
    void transactionsThatNestWithoutEnd() {
        byte[] bytes = txn(op(put("a", ""))).build().toByteArray();
        for (int i = 0; i < 5_000; i++) {
            bytes = field(TxnRequest.SUCCESS_FIELD_NUMBER, field(RequestOp.REQUEST_TXN_FIELD_NUMBER, bytes));
        }
        Status status = call(bed.etcd.connect(), KVGrpc.getTxnMethod(), bytes);
        assertThat(status.getCode()).isIn(Status.Code.INTERNAL, Status.Code.INVALID_ARGUMENT);
        bed.bystander.assertUnaffected();
    }

    /** A message of one field, of any length. */
    private static byte[] field(int number, byte[] content) {
        byte[] message = new byte[1 + CodedOutputStream.computeByteArraySizeNoTag(content)];
        try {
            CodedOutputStream.newInstance(message).writeByteArray(number, content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return message;
    }

    /** Messages as their bytes. */
    private static final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }
}
