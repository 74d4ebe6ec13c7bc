package io.netsy.etcd.server;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;

/** Puts a failed bind into words that help. */
final class BindFailure {
    private BindFailure() {}

    /**
     * The explanation.
     *
     * @param purpose for whom the address is, for example {@code clients}
     */
    static ServerStartException explain(String purpose, InetSocketAddress address, Throwable failure) {
        return new ServerStartException(
                "can't listen on " + address.getHostString() + ":" + address.getPort() + " for " + purpose + ": "
                        + reason(address, failure),
                failure);
    }

    private static String reason(InetSocketAddress address, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return "the host name can't be resolved; check it, or give an address";
            }
            if (cause instanceof BindException) {
                return bindReason(address, String.valueOf(cause.getMessage()));
            }
        }
        return failure + "; choose another address";
    }

    private static String bindReason(InetSocketAddress address, String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("in use")) {
            return "the port is taken by another process; find it with 'ss -ltnp sport = :" + address.getPort()
                    + "' and stop it, or choose another port";
        }
        if (lower.contains("assign")) {
            return "no network interface of this machine has that address; choose one that 'ip address' lists";
        }
        if (lower.contains("permission")) {
            return "the system allows ports below 1024 only to privileged processes; choose a higher port";
        }
        return message + "; choose another address";
    }
}
