package io.netsy.elector.assignment.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.lease.LockObjectCodec.LockObject;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockObjectCodecTest {
    private static final LeaseRecord HELD = LeaseRecord.first(
            new ElectorIdentity("a", new UUID(1, 2)),
            Duration.ofSeconds(15),
            Instant.parse("2026-01-02T03:04:05.123456789Z"));

    @Test
    void aRecordComesBackAsItWas() throws AssignmentException {
        for (LeaseRecord record : new LeaseRecord[] {HELD, HELD.released(Instant.EPOCH)}) {
            LockObject object = new LockObject(record, new UUID(3, 4));
            assertThat(LockObjectCodec.decode(LockObjectCodec.encode(object))).isEqualTo(object);
        }
    }

    @Test
    void noTwoWritesAreByteEqual() {
        assertThat(LockObjectCodec.encode(new LockObject(HELD, new UUID(3, 4))))
                .isNotEqualTo(LockObjectCodec.encode(new LockObject(HELD, new UUID(3, 5))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "garbage", "{\"format\":1}", "{\"format\":\"x\"}"})
    void damageIsNamed(String text) {
        assertThatThrownBy(() -> LockObjectCodec.decode(text.getBytes(UTF_8)))
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void anEndlessLeaseIsDamage() {
        String text = new String(LockObjectCodec.encode(new LockObject(HELD, new UUID(3, 4))), UTF_8);

        assertThatThrownBy(() -> LockObjectCodec.decode(
                        text.replace("15000", "9000000000000000000").getBytes(UTF_8)))
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining("at most a day");
    }

    @Test
    void aNewerFormatIsRefused() {
        String text = new String(LockObjectCodec.encode(new LockObject(HELD, new UUID(3, 4))), UTF_8);

        assertThatThrownBy(() -> LockObjectCodec.decode(
                        text.replace("\"format\":1", "\"format\":2").getBytes(UTF_8)))
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining("newer netsy");
    }
}
