package io.netsy.node.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class LazyTrustTest {
    @Test
    void isThatOfTheJdk() {
        assertThat(new LazyTrust().getAcceptedIssuers()).isNotEmpty();
    }

    @Test
    void isReadWhenACertificateIsToBeJudgedAndNotBefore() {
        LazyTrust trust = new LazyTrust(() -> {
            throw new IllegalStateException("read");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> trust.checkServerTrusted(new X509Certificate[0], "RSA"))
                .withMessage("read");
    }
}
