package io.netsy.etcd.cluster;

import io.netsy.etcd.error.EtcdError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** The URLs that a new member gives, checked as etcd does (etcd semantics, section 16). */
final class PeerUrls {
    private static final int MAX_PORT = 65_535;

    private PeerUrls() {}

    /** The URLs without surrounding blanks; all of them must be of a known scheme, name host and port and have no path. */
    static List<String> checked(List<String> urls) {
        List<String> trimmed = urls.stream().map(String::strip).toList();
        if (trimmed.isEmpty() || !trimmed.stream().allMatch(PeerUrls::isValid)) {
            throw EtcdError.BAD_MEMBER_URLS.exception();
        }
        return trimmed;
    }

    private static boolean isValid(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return false;
        }
        String scheme = uri.getScheme();
        if ("unix".equals(scheme) || "unixs".equals(scheme)) {
            return true;
        }
        return ("http".equals(scheme) || "https".equals(scheme))
                && uri.getHost() != null
                && uri.getPort() >= 0
                && uri.getPort() <= MAX_PORT
                && uri.getPath().isEmpty();
    }
}
