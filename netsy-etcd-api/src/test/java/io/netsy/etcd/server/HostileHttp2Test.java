package io.netsy.etcd.server;

import static io.netsy.etcd.server.AttackConnection.CONTINUATION;
import static io.netsy.etcd.server.AttackConnection.DATA;
import static io.netsy.etcd.server.AttackConnection.END_HEADERS;
import static io.netsy.etcd.server.AttackConnection.HEADERS;
import static io.netsy.etcd.server.AttackConnection.PING;
import static io.netsy.etcd.server.AttackConnection.RST_STREAM;
import static io.netsy.etcd.server.AttackConnection.SETTINGS;
import static io.netsy.etcd.server.AttackConnection.WINDOW_UPDATE;
import static io.netsy.etcd.server.AttackConnection.beginning;
import static io.netsy.etcd.server.AttackConnection.framed;
import static io.netsy.etcd.server.AttackConnection.headersOf;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * HTTP/2 as no client speaks it, over real sockets: whatever comes, the memory that clients take is bounded, others are
 * served, and nothing stays behind.
 */
class HostileHttp2Test {
    private static final byte[] RANGE = headersOf("/etcdserverpb.KV/Range");
    private static final byte[] PUT = headersOf("/etcdserverpb.KV/Put");
    private static final byte[] WATCH = headersOf("/etcdserverpb.Watch/Watch");
    private static final byte[] NO_SUCH_METHOD = headersOf("/etcdserverpb.KV/NoSuchMethod");

    private static final int TWO_MEBIBYTES = 2 << 20;
    private static final int FRAME = 16 << 10;
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private HostileBed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new HostileBed();
    }

    @AfterEach
    void close() throws Exception {
        bed.close();
    }

    private void hold() throws IOException {
        bed.assertHeldOut();
        bed.assertNothingStays();
    }

    /** The n-th stream of a client. */
    private static int stream(int number) {
        return 2 * number + 1;
    }

    @Test
    void randomFrames() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            bed.attack(attacker -> {
                for (int j = 0; j < 50; j++) {
                    byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? FRAME : 40)];
                    random.nextBytes(payload);
                    attacker.frame(random.nextInt(11), random.nextInt(256), random.nextInt(8), payload);
                }
            });
        }
        hold();
    }

    @Test
    void randomBytesAfterThePreface() throws Exception {
        Random random = new Random(8);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[random.nextInt(5_000)];
            random.nextBytes(garbage);
            bed.attack(attacker -> attacker.bytes(garbage));
        }
        hold();
    }

    @Test
    void headersWithoutEndAreCutOff() throws Exception {
        byte[] piece = new byte[FRAME];
        assertThat(bed.attack(attacker -> {
                    attacker.frame(HEADERS, 0, 1, RANGE);
                    for (int i = 0; i < 10_000; i++) {
                        attacker.frame(CONTINUATION, 0, 1, piece);
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void continuationsOfOneByteOrNoneAreCutOff() throws Exception {
        for (int size = 0; size <= 1; size++) {
            byte[] piece = new byte[size];
            assertThat(bed.attack(attacker -> {
                        attacker.frame(HEADERS, 0, 1, RANGE);
                        for (int i = 0; i < 5_000_000; i++) {
                            attacker.frame(CONTINUATION, 0, 1, piece);
                        }
                    }))
                    .as("%d bytes", size)
                    .isTrue();
        }
        hold();
    }

    @Test
    void unfinishedHeadersOnManyConnectionsAreCounted() throws Exception {
        byte[] piece = new byte[FRAME];
        for (int i = 0; i < 100; i++) {
            bed.attack(attacker -> {
                attacker.frame(HEADERS, 0, 1, RANGE);
                for (int j = 0; j < 40; j++) {
                    attacker.frame(CONTINUATION, 0, 1, piece);
                }
            });
        }
        hold();
    }

    @Test
    void settingsPingsAndPrioritiesInFloods() throws Exception {
        int[] types = {SETTINGS, PING, 2};
        byte[][] payloads = {{}, new byte[8], new byte[5]};
        for (int i = 0; i < types.length; i++) {
            int type = types[i];
            byte[] payload = payloads[i];
            bed.attack(attacker -> {
                attacker.call(1, WATCH);
                for (int j = 0; j < 300_000; j++) {
                    attacker.frame(type, 0, type == 2 ? stream(j) : 0, payload);
                }
            });
            bed.assertHeldOut();
        }
        bed.assertNothingStays();
    }

    @Test
    void streamsResetAsSoonAsTheyAreOpenedEndTheConnection() throws Exception {
        assertThat(bed.attack(attacker -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        attacker.call(stream(i), RANGE).frame(RST_STREAM, 0, stream(i), CANCEL);
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void streamsThatTheServerIsMadeToResetEndTheConnection() throws Exception {
        assertThat(bed.attack(attacker -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        attacker.call(stream(i), RANGE).frame(WINDOW_UPDATE, 0, stream(i), new byte[4]);
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void answersThatAreNeverReadAreBounded() throws Exception {
        putLargeValue();
        byte[] question = framed(range("large").build().toByteArray());
        for (int i = 0; i < 3; i++) {
            bed.attack(attacker -> {
                for (int j = 0; j < 500; j++) {
                    attacker.call(stream(j), RANGE).frame(DATA, 1, stream(j), question);
                }
            });
        }
        hold();
    }

    @Test
    void answersForWhichThereIsNoWindowAreBounded() throws Exception {
        putLargeValue();
        byte[] noWindow = {0, 4, 0, 0, 0, 0};
        byte[] question = framed(range("large").build().toByteArray());
        AttackConnection attacker = bed.keep(AttackConnection.greeted(bed.server, noWindow));
        bed.attack(attacker, connection -> {
            for (int j = 0; j < 500; j++) {
                connection.call(stream(j), RANGE).frame(DATA, 1, stream(j), question);
            }
        });
        hold();
    }

    private void putLargeValue() {
        var _ = KVGrpc.newBlockingStub(bed.etcd.connect())
                .put(PutRequest.newBuilder()
                        .setKey(bytes("large"))
                        .setValue(ByteString.copyFrom(new byte[1 << 20]))
                        .build());
    }

    @Test
    void refusalsThatAreNeverReadAreBounded() throws Exception {
        assertThat(bed.attack(attacker -> {
                    for (int i = 0; i < 5_000_000; i++) {
                        attacker.call(stream(i), NO_SUCH_METHOD, new byte[0]);
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void messagesThatNeverEndAreBounded() throws Exception {
        byte[] start = beginning(TWO_MEBIBYTES, new byte[FRAME - 5]);
        byte[] more = new byte[FRAME];
        assertThat(bed.attack(attacker -> {
                    for (int i = 0; i < 2_000; i++) {
                        attacker.call(stream(i), PUT).frame(DATA, 0, stream(i), start);
                        for (int j = 0; j < 100; j++) {
                            attacker.frame(DATA, 0, stream(i), more);
                        }
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void aMessageInSingleBytesCostsWhatItHolds() throws Exception {
        byte[] one = new byte[1];
        assertThat(bed.attack(attacker -> {
                    attacker.call(1, PUT).frame(DATA, 0, 1, beginning(TWO_MEBIBYTES));
                    for (int i = 0; i < TWO_MEBIBYTES; i++) {
                        attacker.frame(DATA, 0, 1, one);
                    }
                }))
                .isTrue();
        hold();
    }

    @Test
    void dataWithoutBytesCostsNothing() throws Exception {
        byte[] none = {};
        bed.attack(attacker -> {
            attacker.call(1, PUT).frame(DATA, 0, 1, beginning(TWO_MEBIBYTES));
            for (int i = 0; i < 1_000_000; i++) {
                attacker.frame(DATA, 0, 1, none);
            }
        });
        hold();
    }

    @Test
    void requestsThatNoCallTakesAreBounded() throws Exception {
        byte[] create = framed(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("a")))
                .build()
                .toByteArray());
        bed.attack(attacker -> {
            attacker.call(1, WATCH);
            for (int i = 0; i < 400_000; i++) {
                attacker.frame(DATA, 0, 1, create);
            }
        });
        hold();
    }

    @Test
    void aHundredThousandStreamsOnOneConnection() throws Exception {
        byte[] create = framed(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("bystander")))
                .build()
                .toByteArray());
        bed.attack(attacker -> {
            for (int i = 0; i < 100_000; i++) {
                attacker.call(stream(i), WATCH).frame(DATA, 0, stream(i), create);
            }
        });
        hold();
    }

    @Test
    void callsWithoutAnEndOnManyConnections() throws Exception {
        for (int i = 0; i < 100; i++) {
            bed.attack(attacker -> {
                for (int j = 0; j < 200; j++) {
                    attacker.frame(HEADERS, END_HEADERS, stream(j), PUT);
                }
            });
        }
        hold();
    }
}
