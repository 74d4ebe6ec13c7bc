package io.netsy.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.stub.ClientCalls;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.ForwardingChannel;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.server.ServerParts;
import io.netsy.etcd.server.ServerSettings;
import io.netsy.etcd.server.tls.TlsFiles;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions to a node's listener for peers over real sockets, plain and by TLS, by those who belong to the cluster and by strangers. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PeerCallsTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final UUID PROCESS = new UUID(2, 2);
    private static final Identity SELF = new Identity(CLUSTER, "b", new UUID(3, 3));
    private static final LogPosition TIP = new LogPosition(3, 17, 99);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final List<Runnable> cleanup = new ArrayList<>();
    private Optional<Wish> wish = Optional.empty();

    @AfterEach
    void close() {
        cleanup.reversed().forEach(Runnable::run);
    }

    /** Promises whatever it is asked, and has the frames it is given. */
    private static final class Answers implements ElectorQuestions {
        private final Identity identity;
        private List<Frame> frames = List.of();
        private volatile boolean silent;
        private volatile int asked;

        Answers(Identity identity) {
            this.identity = identity;
        }

        @Override
        public synchronized CompletableFuture<FromNode> ask(FromElector message) {
            asked++;
            if (silent) {
                return new CompletableFuture<>();
            }
            return message instanceof Fence fence
                    ? CompletableFuture.completedFuture(new Fenced(identity, PROCESS, fence.term(), TIP))
                    : CompletableFuture.failedFuture(new IllegalStateException("nothing to say"));
        }

        @Override
        public CompletableFuture<List<Frame>> framesAfter(LogPosition position) {
            return CompletableFuture.completedFuture(position.equals(LogPosition.START) ? frames : List.of());
        }
    }

    /** Nothing of it is needed for these calls; above all no primary. */
    private static final class NoState implements StateSource, ClusterView {
        @Override
        public CommittedState committed() {
            return new CommittedState(StoreState.EMPTY, 0, 1);
        }

        @Override
        public CompletableFuture<CommittedState> linearizable() {
            return CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());
        }

        @Override
        public boolean hasLeader() {
            return false;
        }

        @Override
        public long clusterId() {
            return 1;
        }

        @Override
        public long memberId() {
            return 1;
        }

        @Override
        public long leaderId() {
            return 0;
        }

        @Override
        public List<Member> members() {
            return List.of();
        }
    }

    private EtcdServer serve(int port, Answers answers, @Nullable TlsFiles tls) throws Exception {
        PeerService service = new PeerService(CLUSTER, "b", () -> wish);
        service.answerBy(answers);
        ServerSettings plain = ServerSettings.plaintext(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .withDrainTimeout(Duration.ofMillis(100));
        NoState state = new NoState();
        EtcdServer server = EtcdServer.start(
                tls == null ? plain : plain.withTls(tls, Duration.ofSeconds(5)),
                new ServerParts(
                        List.of(service),
                        List.of(),
                        Map.of(),
                        state,
                        state,
                        EtcdVersion.parse("3.6.14"),
                        () -> "",
                        SystemClock.nanoTime(),
                        SystemClock.wall(),
                        null));
        cleanup.add(server::stop);
        return server;
    }

    private int serve(Answers answers, @Nullable TlsFiles tls) throws Exception {
        return serve(0, answers, tls).clientAddress().getPort();
    }

    private ManagedChannel channel(int port, @Nullable Supplier<SslContext> tls) {
        return ForwardingChannel.to(new ForwardingChannel.Peer("127.0.0.1", port, tls, null));
    }

    private PeerChannels ask(UUID cluster, int port, @Nullable Supplier<SslContext> tls) {
        PeerChannels channels = new PeerChannels(cluster, name -> channel(port, tls), SystemClock.nanoTime());
        cleanup.add(channels::close);
        return channels;
    }

    private static Said fence(PeerChannels channels, String node, long term) {
        return channels.ask(node, new Fence(term), PATIENCE).join();
    }

    @Test
    void anElectorsWordIsAnsweredAndTheWishGoesWithIt() throws Exception {
        PeerChannels channels = ask(CLUSTER, serve(new Answers(SELF), null), null);

        assertThat(fence(channels, "b", 8)).isEqualTo(new Said(new Fenced(SELF, PROCESS, 8, TIP), Optional.empty()));

        wish = Optional.of(new Wish(new UUID(4, 4), "c"));
        assertThat(fence(channels, "b", 9)).isEqualTo(new Said(new Fenced(SELF, PROCESS, 9, TIP), wish));
    }

    @Test
    void framesComeAsTheyWereSealed() throws Exception {
        Answers answers = new Answers(SELF);
        FrameBuilder builder = new FrameBuilder(3, LogPosition.START, 1);
        builder.append(
                new Entry.Transaction(
                        2, List.of(new Change.Put(Bytes.utf8("k"), Bytes.wrap(new byte[3 << 20]), 2, 1, 0))),
                2);
        answers.frames = List.of(builder.seal(1));
        PeerChannels channels = ask(CLUSTER, serve(answers, null), null);

        assertThat(channels.framesAfter("b", LogPosition.START).join()).isEqualTo(answers.frames);
        assertThat(channels.framesAfter("b", TIP).join()).isEmpty();
    }

    @Test
    void oneOfAnotherClusterIsRefused() throws Exception {
        Answers answers = new Answers(SELF);
        PeerChannels channels = ask(new UUID(9, 9), serve(answers, null), null);

        assertThatThrownBy(() -> fence(channels, "b", 8)).hasMessageContaining("is of cluster " + CLUSTER);
        assertThat(answers.asked).as("what a stranger asks promises nothing").isZero();
    }

    @Test
    void anAddressOfAnotherNodeIsNoticedOnBothSides() throws Exception {
        Answers answers = new Answers(SELF);
        int port = serve(answers, null);
        assertThatThrownBy(() -> fence(ask(CLUSTER, port, null), "c", 8)).hasMessageContaining("this is 'b'");
        assertThat(answers.asked).isZero();

        int liar = serve(new Answers(new Identity(CLUSTER, "c", new UUID(3, 3))), null);
        assertThatThrownBy(() -> fence(ask(CLUSTER, liar, null), "b", 8))
                .hasMessageContaining("'c' answered: correct cluster.nodes here");
    }

    @Test
    void anAnswerOfAnotherClusterDoesNotCount() throws Exception {
        int port = serve(new Answers(new Identity(new UUID(9, 9), "b", new UUID(3, 3))), null);

        assertThatThrownBy(() -> fence(ask(CLUSTER, port, null), "b", 8))
                .hasMessageContaining("it is of cluster " + new UUID(9, 9));
    }

    @Test
    void whatCanNotBeReadIsRefusedWithAReason() throws Exception {
        ManagedChannel channel = channel(serve(new Answers(SELF), null), null);
        cleanup.add(channel::shutdownNow);

        for (byte[] garbage : List.of(new byte[0], new byte[] {1, 1, 2, 3}, new byte[100_000])) {
            assertThatThrownBy(
                            () -> ClientCalls.blockingUnaryCall(channel, PeerMethod.ASK, CallOptions.DEFAULT, garbage))
                    .satisfies(failure ->
                            assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                    .hasMessageContaining("a question");
        }
    }

    @Test
    void aNodeThatHasNothingToSaySaysSo() throws Exception {
        PeerChannels channels = ask(CLUSTER, serve(new Answers(SELF), null), null);

        assertThatThrownBy(
                        () -> channels.ask("b", new io.netsy.replication.core.ElectorMessage.AskTail(8, TIP), PATIENCE)
                                .join())
                .hasMessageContaining("nothing to say");
    }

    @Test
    void aSilentNodeIsGivenUpInTimeAndAskedAnewWhenItSpeaks() throws Exception {
        Answers answers = new Answers(SELF);
        PeerChannels channels = ask(CLUSTER, serve(answers, null), null);
        fence(channels, "b", 7);
        answers.silent = true;

        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> channels.ask("b", new Fence(8), Duration.ofMillis(400))
                            .join())
                    .hasMessageContaining("DEADLINE_EXCEEDED");
        }

        answers.silent = false;
        assertThat(fence(channels, "b", 9).word()).isEqualTo(new Fenced(SELF, PROCESS, 9, TIP));
    }

    /** gRPC itself would wait longer and longer between attempts. */
    @Test
    void aNodeThatWasDownIsReachedAsSoonAsItIsBack() throws Exception {
        int port = freePort();
        PeerChannels channels = ask(CLUSTER, port, null);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> fence(channels, "b", 7)).hasMessageContaining("UNAVAILABLE");
        }

        serve(port, new Answers(SELF), null);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> channels.ask("b", new Fence(8), Duration.ofMillis(500))
                        .handle((said, failure) -> said != null)
                        .join());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void overTlsTheClustersOwnAreAnsweredAndStrangersAreNot() throws Exception {
        X509Bundle authority = authority();
        X509Bundle namesake = authority();
        X509Bundle server = issue(authority);
        TlsFiles files = new TlsFiles(
                file("cert", server.getCertificatePEM()),
                file("key", server.getPrivateKeyPEM()),
                file("ca", authority.getCertificatePEM()),
                true);
        int port = serve(new Answers(SELF), files);

        assertThat(fence(ask(CLUSTER, port, shows(issue(authority), authority)), "b", 8)
                        .word())
                .isEqualTo(new Fenced(SELF, PROCESS, 8, TIP));
        for (Supplier<SslContext> stranger :
                List.of(shows(issue(namesake), authority), shows(null, authority), shows(issue(authority), namesake))) {
            assertThatThrownBy(() -> fence(ask(CLUSTER, port, stranger), "b", 8))
                    .hasMessageContaining("UNAVAILABLE");
        }
        assertThatThrownBy(() -> fence(ask(CLUSTER, port, null), "b", 8)).hasMessageContaining("UNAVAILABLE");
    }

    private static X509Bundle authority() throws Exception {
        return new CertificateBuilder()
                .subject("CN=Peers")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
    }

    private static X509Bundle issue(X509Bundle authority) throws Exception {
        return new CertificateBuilder()
                .subject("CN=node")
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name + ".pem"), content + "\n");
    }

    private static Supplier<SslContext> shows(@Nullable X509Bundle identity, X509Bundle trusted) throws SSLException {
        var builder = GrpcSslContexts.forClient().trustManager(stream(trusted.getCertificatePEM()));
        if (identity != null) {
            builder.keyManager(stream(identity.getCertificatePEM()), stream(identity.getPrivateKeyPEM()));
        }
        SslContext context = GrpcSslContexts.configure(builder, SslProvider.JDK).build();
        return () -> context;
    }

    private static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }
}
