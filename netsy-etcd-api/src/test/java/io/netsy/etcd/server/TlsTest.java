package io.netsy.etcd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.server.tls.TlsFiles;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client port on TLS, over real sockets. */
class TlsTest {
    private final ServerFixture fixture = new ServerFixture();

    @TempDir
    Path directory;

    private X509Bundle authority;
    private TlsFiles files;

    @BeforeEach
    void issue() throws Exception {
        authority = selfSigned("Test Authority");
        files = new TlsFiles(directory.resolve("server.crt"), directory.resolve("server.key"), null, false);
        install(serverCertificate("one"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void gRpcAndHttpShareThePort() throws Exception {
        EtcdServer server = startTls(files);
        assertThat(callGrpc(server, null)).isEqualTo(1);
        assertThat(getVersion(server, HttpClient.Version.HTTP_1_1).statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatOffersBothProtocolsSpeaksHttp() throws Exception {
        EtcdServer server = startTls(files);
        HttpResponse<String> answer = getVersion(server, HttpClient.Version.HTTP_2);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void aClientWithoutAlpnIsKnownByItsFirstBytes() throws Exception {
        EtcdServer server = startTls(files);
        try (SSLSocket socket = handshake(server)) {
            socket.getOutputStream().write("GET /livez HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("ok\n");
        }
        try (SSLSocket socket = handshake(server)) {
            socket.getOutputStream()
                    .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(9)[3]).isEqualTo((byte) 4);
        }
    }

    @Test
    void tls12IsSpokenAndPlaintextRefused() throws Exception {
        EtcdServer server = startTls(files);
        try (SSLSocket socket = unconnected()) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.connect(server.clientAddress());
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
        assertThat(ServerFixture.talk(server, "GET /livez HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .doesNotContain("200");
        assertThat(callGrpc(server, null)).isEqualTo(1);
    }

    @Test
    void handshakesThatAreNoneOrNeverEndAreClosedAndDisturbNobody() throws Exception {
        fixture.withConnectionTimes(Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(500));
        EtcdServer server = startTls(files);
        ManagedChannel client = channel(server, null);
        byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
        byte[] hugeHello = {22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, 3, 3};
        Random random = new Random(9);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] garbage = new byte[random.nextInt(2_000)];
            random.nextBytes(garbage);
            Socket socket = ServerFixture.connect(server);
            sockets.add(socket);
            socket.getOutputStream().write(i % 3 == 0 ? hello : i % 3 == 1 ? hugeHello : garbage);
            assertThat(rangeOver(client)).isEqualTo(1);
        }
        for (Socket socket : sockets) {
            assertThat(isClosedByTheServer(socket)).isTrue();
            socket.close();
        }
        assertThat(callGrpc(server, null)).isEqualTo(1);
    }

    private static boolean isClosedByTheServer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes().length < 1_000;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void aClientCertificateIsDemandedAndPassedOn() throws Exception {
        Queue<String> peers = new ConcurrentLinkedQueue<>();
        fixture.interceptors.add(new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                peers.add(peerOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
                return next.startCall(call, headers);
            }
        });
        EtcdServer server = startTls(withClientCertificates(true));
        assertThatThrownBy(() -> callGrpc(server, null)).isInstanceOf(StatusRuntimeException.class);
        assertThatThrownBy(() -> getVersion(server, HttpClient.Version.HTTP_1_1))
                .isInstanceOf(IOException.class);
        X509Bundle stranger = stranger();
        assertThatThrownBy(() -> callGrpc(server, stranger)).isInstanceOf(StatusRuntimeException.class);
        assertThat(peers).isEmpty();

        assertThat(callGrpc(server, clientCertificate())).isEqualTo(1);
        assertThat(peers).containsExactly("CN=alice");
    }

    @Test
    void aClientCertificateMayBeOptional() throws Exception {
        EtcdServer server = startTls(withClientCertificates(false));
        assertThat(callGrpc(server, null)).isEqualTo(1);
        assertThat(callGrpc(server, clientCertificate())).isEqualTo(1);
        X509Bundle stranger = stranger();
        assertThatThrownBy(() -> callGrpc(server, stranger)).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void aNewCertificateServesNewConnectionsAndDisturbsNoOldOne() throws Exception {
        EtcdServer server = startTls(files);
        ManagedChannel old = channel(server, null);
        assertThat(rangeOver(old)).isEqualTo(1);
        assertThat(servedSubject(server)).isEqualTo("CN=one");

        install(serverCertificate("two"));
        await().untilAsserted(() -> assertThat(servedSubject(server)).isEqualTo("CN=two"));
        assertThat(rangeOver(old)).isEqualTo(1);
    }

    @Test
    void brokenNewFilesLeaveTheOldCertificateServing() throws Exception {
        EtcdServer server = startTls(files);
        Files.writeString(files.certificates(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        await().during(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(servedSubject(server)).isEqualTo("CN=one"));
        install(serverCertificate("three"));
        await().untilAsserted(() -> assertThat(servedSubject(server)).isEqualTo("CN=three"));
    }

    @Test
    void filesThatCannotServeAreNamedAtTheStart() throws Exception {
        X509Bundle other = serverCertificate("other");
        Files.writeString(files.privateKey(), other.getPrivateKeyPEM());
        assertStartFails(files.privateKey() + " is not the key of the certificate in " + files.certificates());

        Files.writeString(
                files.privateKey(),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertStartFails(files.privateKey() + " is encrypted");
        Files.writeString(files.privateKey(), "");
        assertStartFails(files.privateKey() + " has no private key block");
        Files.delete(files.privateKey());
        assertStartFails(files.privateKey() + " does not exist");

        install(other);
        fixture.wallClock = ServerFixture.at(
                other.getCertificate().getNotAfter().toInstant().plusSeconds(1));
        assertStartFails("the certificate in " + files.certificates() + " expired at ");
        fixture.wallClock = ServerFixture.at(Instant.EPOCH);
        assertStartFails("the certificate in " + files.certificates() + " is not valid before ");
        Files.writeString(files.certificates(), other.getPrivateKeyPEM());
        assertStartFails(files.certificates() + " has no '-----BEGIN CERTIFICATE-----' block");
    }

    @Test
    void keysOfEveryEncodingAreRead() throws Exception {
        X509Bundle rsa = new CertificateBuilder()
                .subject("CN=rsa")
                .addSanIpAddress("127.0.0.1")
                .rsa2048()
                .buildIssuedBy(authority);
        install(rsa);
        Files.writeString(files.privateKey(), LegacyKeys.pkcs1(rsa.getKeyPair().getPrivate()));
        assertThat(servedSubject(startTls(files))).isEqualTo("CN=rsa");

        X509Bundle ec = serverCertificate("ec");
        install(ec);
        Files.writeString(files.privateKey(), LegacyKeys.sec1(ec.getKeyPair().getPrivate()));
        assertThat(servedSubject(startTls(files))).isEqualTo("CN=ec");

        X509Bundle edwards = new CertificateBuilder()
                .subject("CN=edwards")
                .addSanIpAddress("127.0.0.1")
                .algorithm(CertificateBuilder.Algorithm.ed25519)
                .buildIssuedBy(authority);
        install(edwards);
        assertThat(servedSubject(startTls(files))).isEqualTo("CN=edwards");
    }

    private void assertStartFails(String beginning) {
        assertThatThrownBy(() -> startTls(files)).hasMessageStartingWith(beginning);
    }

    private EtcdServer startTls(TlsFiles tls) throws Exception {
        fixture.settings = fixture.settings.withTls(tls, Duration.ofMillis(20));
        return fixture.start();
    }

    private TlsFiles withClientCertificates(boolean required) throws IOException {
        Path authorities = directory.resolve("ca.crt");
        Files.writeString(authorities, authority.getCertificatePEM());
        return new TlsFiles(files.certificates(), files.privateKey(), authorities, required);
    }

    private X509Bundle serverCertificate(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
    }

    /** Signed by an authority of the right name with the wrong key; of another name it would not even be sent. */
    private static X509Bundle stranger() throws Exception {
        return new CertificateBuilder().subject("CN=stranger").ecp256().buildIssuedBy(selfSigned("Test Authority"));
    }

    private static X509Bundle selfSigned(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
    }

    private X509Bundle clientCertificate() throws Exception {
        return new CertificateBuilder().subject("CN=alice").ecp256().buildIssuedBy(authority);
    }

    private void install(X509Bundle bundle) throws IOException {
        Files.writeString(files.certificates(), bundle.getCertificatePathPEM());
        Files.writeString(files.privateKey(), bundle.getPrivateKeyPEM());
    }

    private long callGrpc(EtcdServer server, @Nullable X509Bundle identity) throws Exception {
        return rangeOver(channel(server, identity));
    }

    private static long rangeOver(ManagedChannel channel) {
        return KVGrpc.newBlockingStub(channel).range(ServerFixture.range("a")).getCount();
    }

    private ManagedChannel channel(EtcdServer server, @Nullable X509Bundle identity) throws Exception {
        SslContextBuilder builder = GrpcSslContexts.forClient().trustManager(authority.getCertificate());
        if (identity != null) {
            builder.keyManager(identity.getKeyPair().getPrivate(), identity.getCertificatePath());
        }
        return fixture.keep(NettyChannelBuilder.forAddress(server.clientAddress())
                .sslContext(builder.build())
                .build());
    }

    private HttpResponse<String> getVersion(EtcdServer server, HttpClient.Version version) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusting()).version(version).build()) {
            URI uri = URI.create("https://127.0.0.1:" + server.clientAddress().getPort() + "/version");
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    private String servedSubject(EtcdServer server) throws Exception {
        try (SSLSocket socket = handshake(server)) {
            return peerOf(socket.getSession());
        }
    }

    private SSLSocket handshake(EtcdServer server) throws Exception {
        SSLSocket socket = unconnected();
        socket.connect(server.clientAddress());
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private SSLSocket unconnected() throws Exception {
        SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket();
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[0]);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {authority.toTrustManager()}, new SecureRandom());
        return context;
    }

    private static String peerOf(@Nullable SSLSession session) {
        try {
            return session == null
                    ? "none"
                    : ((X509Certificate) session.getPeerCertificates()[0])
                            .getSubjectX500Principal()
                            .getName();
        } catch (IOException unverified) {
            return "unverified";
        }
    }
}
