package io.netsy.etcd.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PEM file's content: labelled blocks of DER (RFC 7468). */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final long MAX_BYTES = 4 << 20;
    private static final String CERTIFICATE = "CERTIFICATE";

    private final Path path;
    private final byte[] content;

    private PemFile(Path path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    static PemFile read(Path path) throws TlsException {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new TlsException(path + " is larger than " + MAX_BYTES + " bytes; it can't be a PEM file");
            }
            return new PemFile(path, Files.readAllBytes(path));
        } catch (NoSuchFileException missing) {
            throw new TlsException(path + " does not exist; check the path in the TLS options", missing);
        } catch (IOException unreadable) {
            throw new TlsException(path + " can't be read (" + unreadable + "); check its permissions", unreadable);
        }
    }

    byte[] content() {
        return content;
    }

    /** All certificates in the file, in order; at least one. */
    List<X509Certificate> certificates() throws TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks()) {
                if (block.label.equals(CERTIFICATE)) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
                }
            }
        } catch (CertificateException malformed) {
            throw new TlsException(
                    path + " has a certificate that can't be read: " + malformed.getMessage() + "; write it anew",
                    malformed);
        }
        if (certificates.isEmpty()) {
            throw new TlsException(path + " has no '-----BEGIN CERTIFICATE-----' block; give the PEM file");
        }
        return certificates;
    }

    /** The first private key in the file. */
    PrivateKey privateKey() throws TlsException {
        for (Block block : blocks()) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return PrivateKeys.pkcs8(path, block.der);
                }
                case "RSA PRIVATE KEY" -> {
                    return PrivateKeys.pkcs1(path, block.der);
                }
                case "EC PRIVATE KEY" -> {
                    return PrivateKeys.sec1(path, block.der);
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new TlsException(path
                            + " is encrypted; store the key without a passphrase: openssl pkey -in KEY -out PLAIN");
                default -> {}
            }
        }
        throw new TlsException(
                path + " has no private key block; give the PEM file with '-----BEGIN PRIVATE KEY-----'");
    }

    /** The first public key in the file, by itself or in a certificate. */
    PublicKey publicKey() throws TlsException {
        for (Block block : blocks()) {
            switch (block.label) {
                case "PUBLIC KEY" -> {
                    return PublicKeyBlocks.x509(path, block.der);
                }
                case "RSA PUBLIC KEY" -> {
                    return PublicKeyBlocks.pkcs1(path, block.der);
                }
                case CERTIFICATE -> {
                    return certificates().getFirst().getPublicKey();
                }
                default -> {}
            }
        }
        throw new TlsException(path + " has no public key block; give the PEM file with '-----BEGIN PUBLIC KEY-----'");
    }

    private List<Block> blocks() throws TlsException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String body = matcher.group(2);
            if (body.contains("Proc-Type:") && body.contains("ENCRYPTED")) {
                throw new TlsException(
                        path + " is encrypted; store the key without a passphrase: openssl pkey -in KEY -out PLAIN");
            }
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException malformed) {
                throw new TlsException(path + " has a block that is not Base64; write it anew", malformed);
            }
        }
        return blocks;
    }

    private static final class Block {
        private final String label;
        private final byte[] der;

        Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }
    }
}
