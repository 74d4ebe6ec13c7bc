package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import io.netsy.replication.wire.PeerQuestion.Addressed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every question and answer comes back as it was; anything else is refused with a reason, and takes no more memory than it brings. */
class PeerCallCodecTest {
    private static final UUID CLUSTER = new UUID(1, 2);
    private static final UUID PROCESS = new UUID(3, 4);
    private static final Identity SELF = new Identity(CLUSTER, "node-ü", new UUID(5, 6));
    private static final LogPosition TIP = new LogPosition(3, 17, 0xcafebabe);

    private static List<Addressed> questions() {
        List<FromElector> words = List.of(
                Ping.ASKING,
                new Ping(Long.MAX_VALUE, true, "node-b", PROCESS),
                new Fence(8),
                new AskTail(8, TIP),
                new HandOver(9, PROCESS, new Successor(SELF, new UUID(7, 8))));
        return Stream.concat(words.stream().map(PeerQuestion.Word::new), Stream.of(new PeerQuestion.FramesAfter(TIP)))
                .map(question -> new Addressed(CLUSTER, "n".repeat(255), question))
                .toList();
    }

    private static List<PeerAnswer> answers() {
        List<FromNode> words = new ArrayList<>(List.of(
                new Fenced(SELF, PROCESS, 8, TIP),
                new Tail(SELF, 8, TIP, Optional.of(new LogPosition(3, 18, 1))),
                new Tail(SELF, 8, LogPosition.START, Optional.empty())));
        for (Occupation occupation : Occupation.values()) {
            words.add(new Health(SELF, PROCESS, 9, occupation, 8, Duration.ofMillis(1234)));
        }
        List<PeerAnswer> answers = new ArrayList<>(List.of(
                new PeerAnswer.Frames(CLUSTER, "a", List.of()), new PeerAnswer.Frames(CLUSTER, "a", frames(3))));
        for (FromNode word : words) {
            answers.add(new Said(word, Optional.empty()));
            answers.add(new Said(word, Optional.of(new Wish(new UUID(7, 8), "node-b"))));
        }
        return answers;
    }

    private static List<Frame> frames(int count) {
        List<Frame> frames = new ArrayList<>();
        LogPosition end = LogPosition.START;
        for (int i = 0; i < count; i++) {
            Frame frame = new Messages(i).frameAfter(end, 2);
            frames.add(frame);
            end = frame.end();
        }
        return frames;
    }

    @Test
    void everyQuestionComesBackAsItWas() throws WireException {
        for (Addressed question : questions()) {
            byte[] bytes = PeerCallCodec.encode(question);

            assertThat(PeerCallCodec.decodeQuestion(bytes)).isEqualTo(question);
            assertThat(bytes.length).isLessThan(PeerCallCodec.MAX_SMALL_BYTES);
        }
    }

    @Test
    void everyAnswerComesBackAsItWas() throws WireException {
        for (PeerAnswer answer : answers()) {
            assertThat(PeerCallCodec.decodeAnswer(PeerCallCodec.encode(answer))).isEqualTo(answer);
        }
    }

    @Test
    void nothingThatIsCutOrTooLongIsAMessage() {
        for (Addressed question : questions()) {
            byte[] bytes = PeerCallCodec.encode(question);
            for (int length = 0; length <= bytes.length + 1; length++) {
                byte[] other = Arrays.copyOf(bytes, length);
                if (length != bytes.length) {
                    assertThatThrownBy(() -> PeerCallCodec.decodeQuestion(other))
                            .isInstanceOf(WireException.class);
                }
            }
        }
        for (PeerAnswer answer : answers()) {
            byte[] bytes = PeerCallCodec.encode(answer);
            assertThatThrownBy(() -> PeerCallCodec.decodeAnswer(Arrays.copyOf(bytes, bytes.length - 1)))
                    .isInstanceOf(WireException.class);
            assertThatThrownBy(() -> PeerCallCodec.decodeAnswer(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isInstanceOf(WireException.class);
        }
    }

    /** Either it is refused, or it is a message, which then has one encoding. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void garbageIsRefusedOrAMessage(long seed) {
        Random random = new Random(seed);
        List<byte[]> originals = Stream.concat(
                        questions().stream().map(PeerCallCodec::encode),
                        answers().stream().map(PeerCallCodec::encode))
                .toList();
        for (int i = 0; i < 4_000; i++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            int changes = 1 + random.nextInt(4);
            for (int change = 0; change < changes; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            refusedOrSame(random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 9)) : bytes);
        }
        for (int i = 0; i < 1_000; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            refusedOrSame(noise);
        }
    }

    private static void refusedOrSame(byte[] bytes) {
        try {
            assertThat(PeerCallCodec.encode(PeerCallCodec.decodeQuestion(bytes)))
                    .isEqualTo(bytes);
        } catch (WireException refused) {
            assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n");
        }
        try {
            assertThat(PeerCallCodec.encode(PeerCallCodec.decodeAnswer(bytes))).isEqualTo(bytes);
        } catch (WireException refused) {
            assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n");
        }
    }

    @Test
    void anotherVersionIsNamed() {
        byte[] bytes = PeerCallCodec.encode(questions().getFirst());
        bytes[0] = 2;

        assertThatThrownBy(() -> PeerCallCodec.decodeQuestion(bytes)).hasMessageContaining("format version 2");
    }

    @Test
    void aQuestionIsNoAnswer() {
        byte[] bytes = PeerCallCodec.encode(questions().getFirst());

        assertThatThrownBy(() -> PeerCallCodec.decodeAnswer(bytes)).hasMessageContaining("unknown type");
    }

    @Test
    void framesOfTwoHistoriesAreNoAnswer() {
        List<Frame> frames = List.of(frames(1).getFirst(), frames(1).getFirst());
        byte[] bytes = PeerCallCodec.encode(new PeerAnswer.Frames(CLUSTER, "a", frames));

        assertThatThrownBy(() -> PeerCallCodec.decodeAnswer(bytes)).hasMessageContaining("does not follow");
    }

    @Test
    void aNameThatNoNodeMayHaveIsNotSent() {
        for (String name : List.of("", "n".repeat(256), "two\nlines")) {
            Addressed question = new Addressed(CLUSTER, name, new PeerQuestion.FramesAfter(TIP));

            assertThatThrownBy(() -> PeerCallCodec.encode(question)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
