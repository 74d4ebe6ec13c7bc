package io.netsy.node.status;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files a client of TLS uses.
 *
 * @param authorities who may sign servers' certificates; null for those that Java trusts
 * @param certificates the client's own certificate and its chain; null for none
 * @param privateKey the key of that certificate
 */
public record ClientTls(
        @Nullable Path authorities,
        @Nullable Path certificates,
        @Nullable Path privateKey) {
    public ClientTls {
        if ((certificates == null) != (privateKey == null)) {
            throw new IllegalArgumentException("--cert and --key belong together: give both or none");
        }
    }

    /** Whether any file is given, so that TLS is meant. */
    public boolean isGiven() {
        return authorities != null || certificates != null;
    }

    /** For gRPC. */
    SslContext forGrpc() throws IOException {
        return build(GrpcSslContexts.configure(builder(), SslProvider.JDK));
    }

    /** For HTTP/1.1. */
    SSLContext forHttp() throws IOException {
        SslContext context = build(
                builder().sslProvider(SslProvider.JDK).applicationProtocolConfig(ApplicationProtocolConfig.DISABLED));
        return ((JdkSslContext) context).context();
    }

    private SslContextBuilder builder() throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        try {
            if (authorities != null) {
                builder.trustManager(readable("--cacert", authorities).toFile());
            }
            if (certificates != null && privateKey != null) {
                builder.keyManager(
                        readable("--cert", certificates).toFile(),
                        readable("--key", privateKey).toFile());
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw new IOException("%s; give PEM files with --cacert, --cert and --key".formatted(e.getMessage()), e);
        }
    }

    private static Path readable(String flag, Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("%s %s: the file does not exist or can't be read; check path and permissions"
                    .formatted(flag, file));
        }
        return file;
    }

    private static SslContext build(SslContextBuilder builder) throws IOException {
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IOException("the certificate files can't be used: " + e.getMessage() + "; issue them anew", e);
        }
    }
}
