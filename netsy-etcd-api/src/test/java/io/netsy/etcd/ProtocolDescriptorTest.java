package io.netsy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.JetcdProto;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.netsy.etcd.proto.auth.AuthProto;
import io.netsy.etcd.proto.election.ElectionProto;
import io.netsy.etcd.proto.lock.LockProto;
import io.netsy.etcd.proto.mvcc.MvccProto;
import io.netsy.etcd.proto.rpc.RpcProto;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares this module's protocol files with those of an independent etcd client, name by name and number by number. */
class ProtocolDescriptorTest {
    /** Messages, fields, enum values and methods in the five protocol files of etcd 3.7. */
    private static final int FACTS_IN_ETCD_3_7 = 460;

    /** A method that this client declares for itself; no etcd server has it. */
    private static final String NOT_OF_ETCD =
            "rpc etcdserverpb.Watch.Progress etcdserverpb.WatchProgressRequest -> etcdserverpb.WatchResponse";

    @Test
    void everythingAnotherClientKnowsIsHereWithTheSameNumbersAndTypes() {
        SortedSet<String> theirs = facts(theirFiles());

        assertThat(theirs).hasSizeGreaterThan(400);
        theirs.remove(NOT_OF_ETCD);
        theirs.removeAll(facts(ourFiles()));
        assertThat(theirs).isEmpty();
    }

    @Test
    void everyMessageFieldEnumAndMethodOfEtcdIsCounted() {
        assertThat(facts(ourFiles())).hasSize(FACTS_IN_ETCD_3_7);
    }

    @Test
    void rangeStreamIsAStreamOfRangeResponses() {
        assertThat(facts(ourFiles()))
                .contains(
                        "rpc etcdserverpb.KV.RangeStream etcdserverpb.RangeRequest -> stream etcdserverpb.RangeStreamResponse",
                        "field etcdserverpb.RangeStreamResponse.range_response = 1 etcdserverpb.RangeResponse");
    }

    private static List<FileDescriptor> ourFiles() {
        return List.of(
                RpcProto.getDescriptor(),
                MvccProto.getDescriptor(),
                AuthProto.getDescriptor(),
                LockProto.getDescriptor(),
                ElectionProto.getDescriptor());
    }

    private static List<FileDescriptor> theirFiles() {
        FileDescriptor rpc = JetcdProto.getDescriptor();
        return List.of(
                rpc,
                rpc.getDependencies().get(0),
                rpc.getDependencies().get(1),
                fileOf(LockGrpc.getServiceDescriptor()),
                fileOf(ElectionGrpc.getServiceDescriptor()));
    }

    private static FileDescriptor fileOf(io.grpc.ServiceDescriptor service) {
        return ((ProtoFileDescriptorSupplier) Objects.requireNonNull(service.getSchemaDescriptor()))
                .getFileDescriptor();
    }

    private static SortedSet<String> facts(List<FileDescriptor> files) {
        SortedSet<String> facts = new TreeSet<>();
        for (FileDescriptor file : files) {
            file.getMessageTypes().forEach(message -> addMessage(message, facts));
            file.getEnumTypes().forEach(type -> addEnum(type, facts));
            file.getServices().forEach(service -> addService(service, facts));
        }
        return facts;
    }

    private static void addMessage(Descriptor message, SortedSet<String> facts) {
        facts.add("message " + message.getFullName());
        message.getFields().forEach(field -> addField(field, facts));
        message.getEnumTypes().forEach(type -> addEnum(type, facts));
        message.getNestedTypes().forEach(nested -> addMessage(nested, facts));
    }

    private static void addField(FieldDescriptor field, SortedSet<String> facts) {
        OneofDescriptor oneof = field.getContainingOneof();
        facts.add("field %s = %d%s %s%s"
                .formatted(
                        field.getFullName(),
                        field.getNumber(),
                        field.isRepeated() ? " repeated" : "",
                        typeName(field),
                        oneof == null ? "" : " oneof " + oneof.getName()));
    }

    private static String typeName(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name();
        };
    }

    private static void addEnum(EnumDescriptor type, SortedSet<String> facts) {
        for (EnumValueDescriptor value : type.getValues()) {
            facts.add("value %s.%s = %d".formatted(type.getFullName(), value.getName(), value.getNumber()));
        }
    }

    private static void addService(ServiceDescriptor service, SortedSet<String> facts) {
        for (MethodDescriptor method : service.getMethods()) {
            facts.add("rpc %s %s%s -> %s%s"
                    .formatted(
                            method.getFullName(),
                            method.isClientStreaming() ? "stream " : "",
                            method.getInputType().getFullName(),
                            method.isServerStreaming() ? "stream " : "",
                            method.getOutputType().getFullName()));
        }
    }
}
