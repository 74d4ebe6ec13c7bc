package io.netsy.etcd.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.access.Caller;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.testkit.TestClock;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimpleTokensTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final AuthUser ALICE = new AuthUser(Bytes.utf8("alice"), Bytes.utf8("hash"), false, List.of());
    private static final AuthState AUTH = AuthState.of(true, 7, List.of(ALICE), List.of());

    private final TestClock clock = new TestClock();
    private final SimpleTokens tokens = new SimpleTokens(TTL, clock, new Random(1));

    @Test
    void aTokenIsSixteenLettersAPointAndTheIndex() {
        String token = tokens.issue(ALICE, AUTH, 42);
        assertThat(token).matches("[a-zA-Z]{16}\\.42");
        assertThat(tokens.read(token, AUTH)).isEqualTo(new Caller(ALICE.name(), 7));
        assertThat(tokens.read(token + "1", AUTH)).isNull();
    }

    @Test
    void eachUseProlongsIt() {
        String token = tokens.issue(ALICE, AUTH, 1);
        for (int i = 0; i < 5; i++) {
            clock.advance(TTL);
            assertThat(tokens.read(token, AUTH)).isNotNull();
        }
        clock.advance(TTL.plusNanos(1));
        assertThat(tokens.read(token, AUTH)).isNull();
    }

    @Test
    void aTokenThatIsOverIsForgotten() {
        tokens.issue(ALICE, AUTH, 1);
        clock.advance(TTL.plusSeconds(1));
        tokens.issue(ALICE, AUTH, 2);
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void itGoesByTheStateItIsReadIn() {
        String token = tokens.issue(ALICE, AUTH, 1);
        AuthUser changed = new AuthUser(ALICE.name(), Bytes.utf8("other"), false, List.of());
        assertThat(tokens.read(token, AuthState.of(true, 8, List.of(changed), List.of())))
                .isNull();
        assertThat(tokens.read(token, AuthState.of(true, 8, List.of(), List.of())))
                .isNull();
        assertThat(tokens.read(token, AuthState.of(true, 9, List.of(ALICE), List.of())))
                .isEqualTo(new Caller(ALICE.name(), 9));
        tokens.forgetAll();
        assertThat(tokens.read(token, AUTH)).isNull();
    }
}
