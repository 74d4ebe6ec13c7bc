package io.netsy.etcd.server;

import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.access.AccessInterceptor;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvMeters;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc.KVBlockingStub;
import io.netsy.etcd.server.tls.TlsFiles;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users who are known by their certificates, over real TLS (etcd semantics, section 17). */
class CertificateUsersTest {
    private static final Bytes ALICE = Bytes.utf8("alice");

    @TempDir
    Path directory;

    private final TestStore store = new TestStore();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private X509Bundle authority;
    private @Nullable EtcdServer server;

    @BeforeEach
    void prepare() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=Authority")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        AuthUser root = new AuthUser(AuthUser.ROOT, Bytes.EMPTY, true, List.of(AuthRole.ROOT));
        AuthUser alice = new AuthUser(ALICE, Bytes.EMPTY, true, List.of(ALICE));
        AuthRole role = new AuthRole(
                ALICE, List.of(new AuthPermission(AuthPermission.READ_WRITE, Bytes.utf8("a"), Bytes.utf8("b"))));
        Entry entry = new Entry.AuthChange(5, true, Changed.put(List.of(root, alice)), Changed.put(List.of(role)));
        store.propose((tip, revisions) -> Evaluation.effect(tip, entry, true)).join();
    }

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        if (server != null) {
            server.stop();
        }
    }

    private X509Bundle issue(String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
    }

    private EtcdServer start(boolean certificatesCount) throws Exception {
        X509Bundle own = issue("CN=server");
        TlsFiles files = new TlsFiles(
                Files.writeString(directory.resolve("crt"), own.getCertificatePathPEM()),
                Files.writeString(directory.resolve("key"), own.getPrivateKeyPEM()),
                Files.writeString(directory.resolve("ca"), authority.getCertificatePEM()),
                certificatesCount);
        TestNode node = new TestNode(store);
        AuthGuard guard = new AuthGuard(() -> store.committed().state().auth(), (token, auth) -> switch (token) {
            case "of-root" -> new Caller(AuthUser.ROOT, auth.revision());
            case "of-root-before" -> new Caller(AuthUser.ROOT, auth.revision() - 1);
            default -> null;
        });
        Ports ports = new Ports(store, store, store.revisions(), node, node, guard);
        server = EtcdServer.start(
                ServerSettings.plaintext(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .withTls(files, Duration.ofSeconds(5)),
                new ServerParts(
                        List.of(new KvService(ports, KvLimits.DEFAULT, Runnable::run, new KvMeters(System::nanoTime))),
                        List.of(new AccessInterceptor(guard, certificatesCount)),
                        Map.of(),
                        store,
                        node,
                        EtcdVersion.parse("3.6.14"),
                        () -> "",
                        System::nanoTime,
                        InstantSource.system(),
                        null));
        return server;
    }

    private KVBlockingStub as(EtcdServer to, @Nullable String subject) throws Exception {
        SslContextBuilder tls = GrpcSslContexts.forClient().trustManager(authority.getCertificate());
        if (subject != null) {
            X509Bundle identity = issue(subject);
            tls.keyManager(identity.getKeyPair().getPrivate(), identity.getCertificatePath());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress(to.clientAddress())
                .sslContext(tls.build())
                .build();
        channels.add(channel);
        return KVGrpc.newBlockingStub(channel);
    }

    private static KVBlockingStub withHeader(KVBlockingStub stub, String name, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void theCommonNameIsTheUser() throws Exception {
        EtcdServer on = start(true);
        KVBlockingStub alice = as(on, "O=netsy,CN=alice");
        assertThat(alice.put(Requests.put("a", "1").build()).getHeader().getRevision())
                .isEqualTo(2);
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> alice.put(Requests.put("x", "1").build()));
        assertFails(EtcdError.PERMISSION_DENIED, () -> alice.compact(CompactionRequest.getDefaultInstance()));
        var _ = as(on, "CN=root")
                .compact(CompactionRequest.newBuilder().setRevision(2).build());

        KVBlockingStub stranger = as(on, "CN=stranger");
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> stranger.range(Requests.range("a").build()));
        assertFails(EtcdError.USER_NOT_FOUND, () -> stranger.compact(CompactionRequest.getDefaultInstance()));
    }

    @Test
    void aTokenGoesBeforeTheCertificateAndTheGatewaysCertificateIsNobodys() throws Exception {
        EtcdServer on = start(true);
        KVBlockingStub alice = as(on, "CN=alice");
        var _ = withHeader(alice, "token", "of-root").put(Requests.put("x", "1").build());
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> withHeader(alice, "token", "garbage")
                        .put(Requests.put("a", "1").build()));
        assertFails(
                EtcdError.USER_EMPTY,
                () -> withHeader(alice, "grpcgateway-accept", "*/*")
                        .put(Requests.put("a", "1").build()));
    }

    @Test
    void credentialsOfAnEarlierAuthRevisionAreRefusedWhereEtcdDoes() throws Exception {
        KVBlockingStub before = withHeader(as(start(true), "CN=alice"), "token", "of-root-before");
        assertFails(
                EtcdError.AUTH_OLD_REVISION,
                () -> before.put(Requests.put("a", "1").build()));
        assertFails(
                EtcdError.AUTH_OLD_REVISION,
                () -> before.range(Requests.range("a").build()));
        assertFails(EtcdError.AUTH_OLD_REVISION, () -> before.txn(Requests.txn().build()));
        var _ = before.compact(CompactionRequest.getDefaultInstance());
    }

    @Test
    void certificatesThatAreOptionalNameNobody() throws Exception {
        EtcdServer on = start(false);
        KVBlockingStub alice = as(on, "CN=alice");
        assertFails(EtcdError.USER_EMPTY, () -> alice.put(Requests.put("a", "1").build()));
        KVBlockingStub nobody = as(on, null);
        assertFails(
                EtcdError.USER_EMPTY, () -> nobody.put(Requests.put("a", "1").build()));
    }
}
