package io.netsy.etcd.server.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of a listener, replaced when its files change.
 *
 * <p>Connections take the context of the moment, so a new certificate serves new connections and disturbs no open one.
 * Files that can't be used leave the old context in place and are complained about once. HTTP/1.1 is chosen when a
 * client offers it: gRPC clients offer only HTTP/2, and whoever offers both speaks plain HTTP. {@link #context} is for
 * any thread, {@link #reload} for one at a time; it reads files, so it blocks.
 */
public final class ListenerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);

    private final TlsFiles files;
    private final InstantSource clock;
    private volatile Current current;
    private @Nullable String lastComplaint;

    private ListenerTls(TlsFiles files, InstantSource clock, Current current) {
        this.files = files;
        this.clock = clock;
        this.current = current;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws TlsException when they can't serve
     */
    public static ListenerTls open(TlsFiles files, InstantSource clock) throws TlsException {
        return new ListenerTls(files, clock, load(files, clock.instant()));
    }

    /** The context for a new connection. */
    public SslContext context() {
        return current.context;
    }

    /** When the certificate that is served expires. */
    public Instant notAfter() {
        return current.material.notAfter();
    }

    /** Looks at the files and takes over what changed. */
    public void reload() {
        try {
            if (TlsMaterial.fingerprint(files).equals(current.material.fingerprint())) {
                lastComplaint = null;
                return;
            }
            current = load(files, clock.instant());
            lastComplaint = null;
            LOG.info("certificate replaced file={} not_after={}", files.certificates(), notAfter());
        } catch (TlsException unusable) {
            complain(String.valueOf(unusable.getMessage()));
        }
    }

    private void complain(String reason) {
        if (!reason.equals(lastComplaint)) {
            lastComplaint = reason;
            LOG.warn("changed certificate files are not used, the old certificate goes on serving: {}", reason);
        }
    }

    private static Current load(TlsFiles files, Instant now) throws TlsException {
        TlsMaterial material = TlsMaterial.read(files, now);
        SslContextBuilder builder = SslContextBuilder.forServer(
                        material.key(), material.chain().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1,
                        ApplicationProtocolNames.HTTP_2));
        if (!material.authorities().isEmpty()) {
            builder.trustManager(material.authorities().toArray(X509Certificate[]::new))
                    .clientAuth(files.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        try {
            return new Current(material, builder.build());
        } catch (SSLException unusable) {
            throw new TlsException(
                    files.certificates() + " can't be used: " + unusable.getMessage() + "; issue it anew", unusable);
        }
    }

    private record Current(TlsMaterial material, SslContext context) {}
}
