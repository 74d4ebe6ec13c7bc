package io.netsy.etcd.forward;

import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.access.ForwardedUser;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc.KVBlockingStub;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users who are known by their certificates to the node that they talk to, over real TLS in both hops. */
class ForwardedUserTest {
    private static final String ODD_NAME = "jürgen + söhne/100%";

    private final TestEtcd primary = new TestEtcd();
    private final TestEtcd standby = new TestEtcd();
    private final Arrivals arrivals = new Arrivals();
    private final AtomicInteger contextsMade = new AtomicInteger();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private X509Bundle authority;
    private NettyPeer peers;
    private NettyPeer clients;

    @BeforeEach
    void start() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=Authority")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Entry auth = auth("alice", ODD_NAME);
        for (TestEtcd etcd : List.of(primary, standby)) {
            etcd.store
                    .propose((tip, revisions) -> Evaluation.effect(tip, auth, true))
                    .join();
        }
        peers = new NettyPeer(serverTls(), Listeners.ofPeers(primary, Listeners.always(new Route.Local()), arrivals));
        SslContext nodeTls = clientTls("CN=standby");
        ManagedChannel toPrimary = keep(ForwardingChannel.to(new ForwardingChannel.Peer(
                "127.0.0.1",
                peers.port(),
                () -> {
                    contextsMade.incrementAndGet();
                    return nodeTls;
                },
                null)));
        clients = new NettyPeer(
                serverTls(),
                Listeners.ofClients(
                        standby,
                        Listeners.settings(
                                Listeners.always(Listeners.over(toPrimary)),
                                Duration.ofSeconds(30),
                                CallerName.CERTIFICATE)));
    }

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        clients.close();
        peers.close();
        standby.close();
        primary.close();
    }

    /** Root, and users who may write what begins with "a". */
    private static Entry auth(String... names) {
        List<AuthUser> users = new ArrayList<>();
        users.add(new AuthUser(AuthUser.ROOT, Bytes.EMPTY, true, List.of(AuthRole.ROOT)));
        Bytes roleName = Bytes.utf8("a-only");
        for (String name : names) {
            users.add(new AuthUser(Bytes.utf8(name), Bytes.EMPTY, true, List.of(roleName)));
        }
        AuthRole role = new AuthRole(
                roleName, List.of(new AuthPermission(AuthPermission.READ_WRITE, Bytes.utf8("a"), Bytes.utf8("b"))));
        return new Entry.AuthChange(5, true, Changed.put(users), Changed.put(List.of(role)));
    }

    private X509Bundle issue(String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
    }

    private SslContext serverTls() throws Exception {
        X509Bundle own = issue("CN=server");
        return GrpcSslContexts.configure(
                        SslContextBuilder.forServer(own.getKeyPair().getPrivate(), own.getCertificatePath())
                                .trustManager(authority.getCertificate())
                                .clientAuth(ClientAuth.REQUIRE))
                .build();
    }

    private SslContext clientTls(String subject) throws Exception {
        X509Bundle identity = issue(subject);
        return GrpcSslContexts.forClient()
                .trustManager(authority.getCertificate())
                .keyManager(identity.getKeyPair().getPrivate(), identity.getCertificatePath())
                .build();
    }

    private ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    private KVBlockingStub as(String subject) throws Exception {
        return KVGrpc.newBlockingStub(keep(NettyChannelBuilder.forAddress("127.0.0.1", clients.port())
                .sslContext(clientTls(subject))
                .build()));
    }

    private static KVBlockingStub claiming(KVBlockingStub stub, String user) {
        Metadata headers = new Metadata();
        ForwardedUser.put(headers, user);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void thePrimaryKnowsWhomTheClientsCertificateNames() throws Exception {
        KVBlockingStub alice = as("CN=alice");

        var _ = alice.put(put("a", "1").build());

        assertFails(EtcdError.PERMISSION_DENIED, () -> alice.put(put("x", "1").build()));
        assertThat(primary.revision()).isEqualTo(2);
        assertThat(arrivals.methods()).containsExactly("Put", "Put");
        assertThat(contextsMade).hasValue(1);
    }

    @Test
    void anyNamePasses() throws Exception {
        var _ = as("CN=" + ODD_NAME.replace("+", "\\+")).put(put("a", "1").build());

        assertThat(primary.revision()).isEqualTo(2);
    }

    @Test
    void aClientThatClaimsToBeAnotherIsWhomItsCertificateNames() throws Exception {
        KVBlockingStub liar = claiming(as("CN=alice"), "root");

        assertFails(EtcdError.PERMISSION_DENIED, () -> liar.put(put("x", "1").build()));
        assertFails(EtcdError.PERMISSION_DENIED, () -> liar.compact(CompactionRequest.getDefaultInstance()));
        assertFails(EtcdError.PERMISSION_DENIED, () -> liar.range(range("x").build()));
    }

    @Test
    void aNodeThatNamesNobodyIsNotItsOwnCertificate() {
        KVBlockingStub node = KVGrpc.newBlockingStub(channels.getFirst());

        assertFails(EtcdError.USER_EMPTY, () -> node.put(put("a", "1").build()));
        var _ = claiming(node, "alice").put(put("a", "1").build());
    }

    @Test
    void aNameThatCannotBeReadIsRefused() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("netsy-forwarded-user", Metadata.ASCII_STRING_MARSHALLER), "%zz");
        KVBlockingStub broken = KVGrpc.newBlockingStub(channels.getFirst())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        assertFails(EtcdError.INVALID_AUTH_TOKEN, () -> broken.put(put("a", "1").build()));
    }
}
