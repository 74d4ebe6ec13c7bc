package io.netsy.etcd.access;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The common names of client certificates, which are names of users; each connection's is looked for once. */
final class CommonNames {
    private static final String REMEMBERED = "netsy.common-name";

    private CommonNames() {}

    /** That of the certificate that the peer has proved to own: empty when it has none, null without a certificate. */
    static @Nullable String of(SSLSession session) {
        if (session.getValue(REMEMBERED) instanceof String known) {
            return known;
        }
        String name = read(session);
        if (name != null) {
            session.putValue(REMEMBERED, name);
        }
        return name;
    }

    private static @Nullable String read(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own
                    ? of(own.getSubjectX500Principal())
                    : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /** The last one in the order of the certificate, as Go has it. */
    static String of(X500Principal subject) {
        String name = "";
        try {
            for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                Attribute attribute = rdn.toAttributes().get("CN");
                if (attribute != null) {
                    name = String.valueOf(attribute.get());
                }
            }
        } catch (InvalidNameException malformed) {
            return "";
        } catch (NamingException unreadable) {
            throw new IllegalStateException("a subject's attributes are in memory", unreadable);
        }
        return name;
    }
}
