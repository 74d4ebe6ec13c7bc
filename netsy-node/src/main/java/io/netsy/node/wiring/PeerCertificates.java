package io.netsy.node.wiring;

import io.netsy.node.config.NodeConfig.Certificates;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * What this node shows when it connects to another, and by whom the other's certificate must be signed. The files are read for
 * each connection, so that new content needs no restart.
 */
record PeerCertificates(Certificates files) implements Supplier<SslContext> {
    @Override
    public SslContext get() {
        try {
            return SslContextBuilder.forClient()
                    .keyManager(files.cert().toFile(), files.key().toFile())
                    .trustManager(files.ca() == null ? null : files.ca().toFile())
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the certificate %s for other nodes can't be used: %s".formatted(files.cert(), e.getMessage()), e);
        }
    }
}
