package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.replication.core.PeerMessage;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over TLS with certificates on both sides, over real sockets. */
class TlsWireTest {
    private static final PeerMessage.Send FRAME = Messages.frame(2_000_000);

    private final Loopback loopback = new Loopback();
    private final AtomicReference<SslContext> serving = new AtomicReference<>();
    private X509Bundle authority;

    @BeforeEach
    void listen() throws Exception {
        authority = authority("Authority");
        serving.set(server(issue(authority, "127.0.0.1")));
        loopback.listen(Loopback.PATIENT, serving::get);
    }

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void framesArriveThroughTls() throws Exception {
        Loopback.Standby standby = connect(client(authority, issue(authority, "a")));

        PeerStream stream = loopback.primary.stream("a");
        stream.send(Messages.begin());
        stream.send(FRAME);
        stream.close("that was all");

        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.messages).containsExactly(Messages.begin(), FRAME);
        assertThat(standby.closed).containsExactly("the other side ended the stream: that was all");
        assertThat(stream.unsentBytes()).isZero();
    }

    @Test
    void anotherClusterIsToldWhyThroughTls() throws Exception {
        Loopback.Standby standby = new Loopback.Standby();
        SslContext tls = client(authority, issue(authority, "a"));
        new PeerClient(loopback.group, Loopback.PATIENT, () -> tls)
                .connect("127.0.0.1", loopback.port(), Messages.hello(new UUID(0, 0), "a"), standby);

        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed)
                .singleElement()
                .asString()
                .startsWith("the other side ended the stream: node a is of cluster 00000000-");
    }

    @Test
    void aReaderThatStallsHoldsNoCopies() throws Exception {
        SslContext tls = client(authority, issue(authority, "a"));
        Loopback.Standby standby = new Loopback.Standby();
        CountDownLatch stall = new CountDownLatch(1);
        standby.onMessage = () -> Loopback.awaitLatch(stall);
        EventLoopGroup own = Loopback.group();
        new PeerClient(own, Loopback.PATIENT, () -> tls)
                .connect("127.0.0.1", loopback.port(), Messages.hello("a"), standby);
        PeerStream stream = loopback.primary.stream("a");
        stream.send(Messages.begin());
        for (int i = 0; i < 40; i++) {
            stream.send(FRAME);
        }
        Loopback.Standby other = loopback.connect(Messages.hello("b"), Loopback.PATIENT, () -> tls);
        loopback.primary.stream("b").send(Messages.begin());
        loopback.primary.stream("b").send(FRAME);

        await().until(() -> other.messages.size() == 2);
        assertThat(stream.unsentBytes()).isGreaterThan(60_000_000);
        assertThat(Memory.pooledBytes()).isLessThan(48 << 20);
        stall.countDown();
        await().until(() -> standby.messages.size() == 41 && stream.unsentBytes() == 0);
        own.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void noCertificateIsRefusedWithOneLineOnBothSides() throws Exception {
        assertRefused(client(authority, null), "TLS failed: .*Empty client certificate chain", "TLS failed: .*");
    }

    @Test
    void aStrangersCertificateIsRefusedWithOneLineOnBothSides() throws Exception {
        SslContext stranger = client(authority, issue(authority("Authority"), "a"));
        assertRefused(stranger, "TLS failed: .*PKIX path validation failed.*", "TLS failed: .*");
    }

    @Test
    void aPrimaryOfAnotherAuthorityIsRefusedWithOneLineOnBothSides() throws Exception {
        SslContext distrusting = client(authority("Other"), issue(authority, "a"));
        assertRefused(distrusting, "TLS failed: .*certificate_unknown.*", "TLS failed: .*PKIX path building failed.*");
    }

    @Test
    void aPrimaryOfAnotherNameIsRefusedWithOneLineOnBothSides() throws Exception {
        serving.set(server(issue(authority, "127.0.0.2")));
        SslContext tls = client(authority, issue(authority, "a"));
        assertRefused(
                tls, "TLS failed: .*certificate_unknown.*", "TLS failed: .*No subject alternative names matching.*");
    }

    @Test
    void plainTextIsRefusedWithOneLineOnBothSides() {
        assertRefused(
                null,
                "TLS failed: not an SSL/TLS record; .*",
                "no netsy peer, its first bytes are 15030.*: it speaks TLS, and this node does not");
    }

    @Test
    void tlsToAPlainListenerIsRefusedWithOneLineOnBothSides() throws Exception {
        loopback.server().close();
        loopback.listen(Loopback.PATIENT, null);
        SslContext tls = client(authority, issue(authority, "a"));
        assertRefused(
                tls,
                "no netsy peer, its first bytes are 160303..: it speaks TLS.*",
                "TLS failed: the connection was closed in the handshake.*");
    }

    private void assertRefused(@Nullable SslContext tls, String primarysReason, String standbysReason) {
        Loopback.Standby standby = connect(tls);

        await().until(() -> !standby.closed.isEmpty() && loopback.log.lines().size() >= 2);
        loopback.close();
        assertThat(standby.closed).singleElement().asString().matches(standbysReason);
        assertThat(loopback.primary.streams).isEmpty();
        assertThat(loopback.log.lines())
                .hasSize(2)
                .anyMatch(line ->
                        line.matches("WARN .*127.0.0.1:%d .* reason=%s".formatted(loopback.port(), standbysReason)))
                .anyMatch(line -> line.matches("WARN .* reason=" + primarysReason));
    }

    @Test
    void aNewCertificateServesNewConnectionsAndDisturbsNoOldOne() throws Exception {
        Loopback.Standby old = connect(client(authority, issue(authority, "a")));
        PeerStream stream = loopback.primary.stream("a");
        X509Bundle next = authority("Next");
        X509Bundle own = issue(next, "127.0.0.1");
        serving.set(SslContextBuilder.forServer(own.getKeyPair().getPrivate(), own.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .build());

        Loopback.Standby young = new Loopback.Standby();
        SslContext tls = client(next, null);
        new PeerClient(loopback.group, Loopback.PATIENT, () -> tls)
                .connect("127.0.0.1", loopback.port(), Messages.hello("young"), young);
        loopback.primary.stream("young");
        stream.send(Messages.begin());

        await().until(() -> old.messages.size() == 1);
        assertThat(young.closed).isEmpty();
    }

    @Test
    void certificatesThatCanNotBeHadAreNamed() {
        Loopback.Standby standby = connectWith(() -> {
            throw new IllegalStateException("no certificate today");
        });
        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed)
                .containsExactly("can't connect to 127.0.0.1:%d: no certificate today".formatted(loopback.port()));

        serving.set(null);
        Loopback.Standby other = connectWith(null);
        await().until(() -> !other.closed.isEmpty());
        assertThat(loopback.log.lines()).anyMatch(line -> line.contains("reason=this node failed: "));
    }

    private Loopback.Standby connect(@Nullable SslContext tls) {
        return connectWith(tls == null ? null : () -> tls);
    }

    private Loopback.Standby connectWith(@Nullable Supplier<SslContext> tls) {
        return loopback.connect(Messages.hello("a"), Loopback.PATIENT, tls);
    }

    private SslContext server(X509Bundle identity) throws IOException {
        return SslContextBuilder.forServer(identity.getKeyPair().getPrivate(), identity.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .trustManager(authority.getCertificate())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
    }

    private static SslContext client(X509Bundle trusted, @Nullable X509Bundle identity) throws IOException {
        SslContextBuilder builder =
                SslContextBuilder.forClient().sslProvider(SslProvider.JDK).trustManager(trusted.getCertificate());
        if (identity != null) {
            builder.keyManager(identity.getKeyPair().getPrivate(), identity.getCertificatePath());
        }
        return builder.build();
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
    }

    private static X509Bundle issue(X509Bundle by, String name) throws Exception {
        CertificateBuilder builder =
                new CertificateBuilder().subject("CN=" + name).ecp256();
        return (name.startsWith("127.") ? builder.addSanIpAddress(name) : builder).buildIssuedBy(by);
    }
}
