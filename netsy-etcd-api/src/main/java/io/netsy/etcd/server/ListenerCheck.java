package io.netsy.etcd.server;

import io.netsy.etcd.server.tls.ListenerTls;
import io.netsy.etcd.server.tls.TlsException;
import io.netsy.etcd.server.tls.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.UnresolvedAddressException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a server could listen, before anything is done that would have to be undone if it could not. Nothing
 * stays open, so another process may still take an address before the server does.
 */
public final class ListenerCheck {
    private ListenerCheck() {}

    /**
     * Makes sure that the addresses can be had, all at once.
     *
     * @param metrics null when there is no such listener
     * @throws ServerStartException naming the address, the reason and the way out
     */
    public static void addresses(InetSocketAddress client, @Nullable InetSocketAddress metrics)
            throws ServerStartException {
        try (ServerSocket _ = bind("clients", client)) {
            if (metrics != null) {
                bind("metrics", metrics).close();
            }
        } catch (IOException e) {
            throw BindFailure.explain("clients", client, e);
        }
    }

    private static ServerSocket bind(String purpose, InetSocketAddress address)
            throws IOException, ServerStartException {
        if (address.isUnresolved()) {
            throw BindFailure.explain(purpose, address, new UnresolvedAddressException());
        }
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw BindFailure.explain(purpose, address, e);
        }
    }

    /**
     * Makes sure that the certificate files can serve now.
     *
     * @throws TlsException naming the file, the reason and the way out
     */
    public static void certificates(TlsFiles files, InstantSource clock) throws TlsException {
        ListenerTls.open(files, clock);
    }
}
