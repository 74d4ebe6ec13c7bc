package io.netsy.node.wiring;

import io.grpc.netty.GrpcSslContexts;
import io.netsy.node.config.NodeConfig.Certificates;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * What this node shows when it connects to another, and by whom the other's certificate must be signed. The files are read for
 * each connection, so that new content needs no restart.
 *
 * @param protocol what the connection is for
 */
record PeerCertificates(Certificates files, Protocol protocol) implements Supplier<SslContext> {
    /** What is spoken behind TLS. */
    enum Protocol {
        /** A standby's stream, which the listener knows by its first bytes. */
        STREAM,
        /** Requests that are passed on, by HTTP/2, which gRPC insists on agreeing upon. */
        GRPC
    }

    private SslContextBuilder builder() {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        return protocol == Protocol.GRPC ? GrpcSslContexts.configure(builder, SslProvider.JDK) : builder;
    }

    @Override
    public SslContext get() {
        try {
            return builder()
                    .keyManager(files.cert().toFile(), files.key().toFile())
                    .trustManager(files.ca() == null ? null : files.ca().toFile())
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the certificate %s for other nodes can't be used: %s".formatted(files.cert(), e.getMessage()), e);
        }
    }
}
