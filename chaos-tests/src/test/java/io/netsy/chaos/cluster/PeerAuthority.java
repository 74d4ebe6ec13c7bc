package io.netsy.chaos.cluster;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** An authority that signs nodes' certificates, and the files that nodes read them from. */
final class PeerAuthority {
    private final String name;
    private final X509Bundle authority;

    private PeerAuthority(String name, X509Bundle authority) {
        this.name = name;
        this.authority = authority;
    }

    static PeerAuthority create(String name) throws Exception {
        return new PeerAuthority(
                name,
                new CertificateBuilder()
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .ecp256()
                        .buildSelfSigned());
    }

    /** Another one of the same name: its certificates are shown to a listener that asks for this one's, and refused. */
    PeerAuthority namesake() throws Exception {
        return create(name);
    }

    /** A certificate for a node on the loopback address. */
    X509Bundle issue(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .ecp256()
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    X509Bundle bundle() {
        return authority;
    }

    String pem() {
        return authority.getCertificatePEM() + "\n";
    }

    /** A node's three files in a folder. */
    record PeerFiles(Path cert, Path key, Path ca) {
        static PeerFiles in(Path folder) throws IOException {
            Files.createDirectories(folder);
            return new PeerFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"), folder.resolve("ca.pem"));
        }

        /** Arguments of {@code netsy start}. */
        List<String> arguments() {
            return List.of(
                    "--tls-peer-cert",
                    cert.toString(),
                    "--tls-peer-key",
                    key.toString(),
                    "--tls-peer-ca",
                    ca.toString());
        }

        /** Puts a certificate in the place of the one that was there. */
        void show(X509Bundle identity) throws IOException {
            replace(key, identity.getPrivateKeyPEM() + "\n");
            replace(cert, identity.getCertificatePEM() + "\n");
        }

        /** Puts authorities in the place of those that were there. */
        void trust(PeerAuthority... authorities) throws IOException {
            StringBuilder pem = new StringBuilder();
            for (PeerAuthority trusted : authorities) {
                pem.append(trusted.pem());
            }
            replace(ca, pem.toString());
        }

        private static void replace(Path file, String content) throws IOException {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, content);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
