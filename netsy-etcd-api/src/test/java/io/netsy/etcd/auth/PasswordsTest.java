package io.netsy.etcd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private final Passwords passwords = new Passwords(Passwords.MIN_COST, new SecureRandom());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "pässword",
                "nul\0inside",
                "123456789012345678901234567890123456789012345678901234567890123456789012"
            })
    void whatWasHashedMatchesAndNothingElse(String password) {
        Bytes hash = passwords.hash(password);
        assertThat(passwords.matches(password, hash)).isTrue();
        assertThat(passwords.matches("x" + password, hash)).isFalse();
        assertThat(passwords.hash(password)).isNotEqualTo(hash);
    }

    /** The vectors of Openwall's crypt_blowfish, for "U*U" with the cost of 5. */
    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
    void hashesOfOthersAreKnown(String version) {
        Bytes hash = Bytes.utf8(version + "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        assertThat(passwords.matches("U*U", hash)).isTrue();
        assertThat(passwords.matches("U*V", hash)).isFalse();
    }

    @Test
    void whatIsNoHashMatchesNothing() {
        assertThat(passwords.matches("", Bytes.EMPTY)).isFalse();
        assertThat(passwords.matches("pw", Bytes.utf8("plain text"))).isFalse();
        assertThat(passwords.matches("pw", Bytes.utf8("$2a$10$short"))).isFalse();
    }
}
