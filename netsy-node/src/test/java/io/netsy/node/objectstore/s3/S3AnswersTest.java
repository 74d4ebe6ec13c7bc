package io.netsy.node.objectstore.s3;

import static io.netsy.node.objectstore.testkit.ScriptedHttpServer.s3Error;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreRequest;
import io.netsy.node.objectstore.StoreUri;
import io.netsy.node.objectstore.SwapOutcome;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer.Reply;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer.Request;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each kind of answer, and of none, told by a server that answers as the test says. */
final class S3AnswersTest {

    private static final Map<String, String> OBJECT =
            Map.of("ETag", "\"v1\"", "Last-Modified", "Mon, 23 Nov 2026 02:31:28 GMT");

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<StoreRequest> counted = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Reply> script = request -> new Reply.Close();
    private ScriptedHttpServer server;
    private ObjectStore store;

    @BeforeEach
    void openStore() throws IOException {
        server = ScriptedHttpServer.start(request -> script.apply(request));
        store = open(server.endpoint(), S3Settings.defaults().writes());
    }

    @AfterEach
    void closeAll() throws IOException {
        store.close();
        server.close();
    }

    private void answering(Function<Request, Reply> answers) {
        script = answers;
    }

    private ObjectStore open(URI endpoint, S3Settings.Writes writes) {
        S3Settings settings = new S3Settings(
                new S3Settings.Access(
                        endpoint,
                        null,
                        S3Settings.Addressing.AUTOMATIC,
                        new S3Settings.Credentials.Fixed("key-id", "hush", null)),
                writes,
                new S3Limits(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(30),
                        8,
                        S3Limits.defaults().parts()));
        StoreListener listener = counted::add;
        return S3ObjectStore.open(
                new StoreUri.S3Uri("bucket", "cluster-a"), settings, listener, TestEnvironments.withoutPauses(pauses));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | NoSuchBucket                 | create the bucket "bucket"
            403 | AccessDenied                 | s3:ListBucket
            403 | InvalidAccessKeyId           | check the access key id and the secret key
            403 | SignatureDoesNotMatch        | check the access key id and the secret key
            400 | ExpiredToken                 | renew the temporary credentials
            403 | RequestTimeTooSkewed         | clock by NTP
            400 | AuthorizationHeaderMalformed | is in eu-west-1: set --s3-region eu-west-1
            301 | PermanentRedirect            | is in eu-west-1: set --s3-region eu-west-1
            400 | InvalidStorageClass          | storage class
            400 | KMS.DisabledException        | KMS key
            501 | NotImplemented               | does not support what was asked
            """)
    void aDefiniteNoIsRefusedWithReasonAndWayOut(int status, String code, String wayOut) {
        answering(request -> s3Error(status, code, Map.of("x-amz-bucket-region", "eu-west-1")));

        assertRefused(() -> put("log/1"), code, wayOut);
        assertRefused(() -> swap("term.json"), code, wayOut);
        assertRefused(() -> store.get("log/1"), code, wayOut);
        assertRefused(() -> store.open("log/1"), code, wayOut);
        assertRefused(() -> store.list("log/", null, 1), code, wayOut);
        assertRefused(() -> store.delete(List.of("log/1")), code, wayOut);
        assertThat(server.requests()).hasSize(6);
        assertThat(counted).hasSize(6).extracting(StoreRequest::outcome).containsOnly(StoreRequest.Outcome.REFUSED);
    }

    private static void assertRefused(ThrowingCallable call, String code, String wayOut) {
        assertThatExceptionOfType(ObjectStoreException.Refused.class)
                .isThrownBy(call)
                .withMessageContaining("s3://bucket/cluster-a/")
                .withMessageContaining(code)
                .withMessageContaining(wayOut);
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalError",
        "503, SlowDown",
        "503, ServiceUnavailable",
        "409, ConditionalRequestConflict",
        "409, OperationAborted",
        "400, RequestTimeout",
        "429, TooManyRequests"
    })
    void aWriteThatWasNotSettledIsUnknownAndSentOnce(int status, String code) {
        answering(request -> s3Error(status, code, Map.of()));

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> put("log/1"))
                .withMessageContaining("put s3://bucket/cluster-a/log/1")
                .withMessageContaining(code)
                .withMessageContaining("read the object back");
        assertThat(server.requests()).hasSize(1);
        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class).isThrownBy(() -> swap("term.json"));
        assertThat(server.requests()).hasSize(2);
        assertThat(pauses).isEmpty();
    }

    @Test
    void aResetAfterTheWriteArrivedIsUnknownAndSentOnce() {
        assertSentOnceThoughConnectionBreaks(new Reply.Reset());
    }

    @Test
    void aCloseAfterTheWriteArrivedIsUnknownAndSentOnce() {
        assertSentOnceThoughConnectionBreaks(new Reply.Close());
    }

    /** The second write goes over the connection of the first, where HTTP clients like to repeat by themselves. */
    private void assertSentOnceThoughConnectionBreaks(Reply broken) {
        answering(request -> request.target().endsWith("/1") ? new Reply.Answer(200, OBJECT, "") : broken);
        assertThat(put("log/1")).isInstanceOf(PutOutcome.Created.class);

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class).isThrownBy(() -> put("log/2"));
        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class).isThrownBy(() -> put("log/3"));

        assertThat(server.requests())
                .extracting(Request::target)
                .containsExactly("/bucket/cluster-a/log/1", "/bucket/cluster-a/log/2", "/bucket/cluster-a/log/3");
        assertThat(server.requests()).extracting(Request::onConnection).containsExactly(1, 1, 2);
    }

    @Test
    void aWriteWithoutAnswerIsUnknownAfterTheAttemptTimeout() {
        answering(request -> new Reply.Hang());
        long start = System.nanoTime();

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> put("log/1"))
                .withMessageContaining("no answer in time");

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(12));
        assertThat(server.requests()).hasSize(1);
    }

    /** Each byte renews the wait for the next one; the whole answer has a limit all the same. */
    @Test
    void aWriteWhoseAnswerTricklesIsUnknownAfterTheAttemptTimeout() {
        answering(request -> new Reply.Trickle(OBJECT));

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> put("log/1"))
                .withMessageContaining("no answer in time");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aDoneWithoutETagIsNoSuccess() {
        answering(request -> new Reply.Answer(200, Map.of(), "<html>hello</html>"));

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> put("log/1"))
                .withMessageContaining("ETag");
    }

    @Test
    void aFailedConditionIsTheOtherOutcome() {
        answering(request -> s3Error(412, "PreconditionFailed", Map.of()));

        assertThat(put("log/1")).isInstanceOf(PutOutcome.Exists.class);
        assertThat(swap("term.json")).isInstanceOf(SwapOutcome.Mismatch.class);
        assertThat(server.requests().get(0).headers()).containsEntry("if-none-match", "*");
        assertThat(server.requests().get(1).headers()).containsEntry("if-match", "\"v0\"");
        assertThat(counted).extracting(StoreRequest::outcome).containsOnly(StoreRequest.Outcome.CONDITION_FAILED);
    }

    @Test
    void onlyS3sOwnWordMakesAnObjectAbsent() {
        answering(request -> new Reply.Answer(404, Map.of(), "<html>nothing here</html>"));

        assertThatExceptionOfType(ObjectStoreException.Refused.class)
                .isThrownBy(() -> store.get("log/1"))
                .withMessageContaining("does not answer as S3 does");
    }

    @Test
    void anEndpointThatIsNotThereIsNamed() throws IOException {
        URI nobody;
        store.close();
        try (ScriptedHttpServer gone = ScriptedHttpServer.start(request -> new Reply.Close())) {
            nobody = gone.endpoint();
        }
        store = open(nobody, S3Settings.defaults().writes());

        assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
                .isThrownBy(() -> store.get("log/1"))
                .withMessageContaining("check that " + nobody + " is the right address");
        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> put("log/1"))
                .withMessageContaining("check that " + nobody + " is the right address");
        assertThat(pauses).hasSize(5).allMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) < 0);
    }

    @Test
    void aReadIsRepeatedAndPausesLongerWhenToldToSlowDown() {
        answering(request -> server.requests().size() < 4
                ? s3Error(503, "SlowDown", Map.of())
                : new Reply.Answer(200, OBJECT, "hello"));

        assertThat(store.get("log/1").orElseThrow().body()).asString().isEqualTo("hello");
        assertThat(server.requests()).hasSize(4);
        assertThat(pauses).hasSize(3);
        assertThat(pauses.get(0)).isLessThanOrEqualTo(Duration.ofMillis(500));
        assertThat(pauses.get(2)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(counted)
                .extracting(StoreRequest::outcome)
                .containsExactly(
                        StoreRequest.Outcome.FAILED,
                        StoreRequest.Outcome.FAILED,
                        StoreRequest.Outcome.FAILED,
                        StoreRequest.Outcome.DONE);
        assertThat(counted.getLast().receivedBytes()).isEqualTo(5);
    }

    @Test
    void aReadGivesUpAfterABoundedNumberOfTries() {
        answering(request -> s3Error(503, "SlowDown", Map.of()));

        assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
                .isThrownBy(() -> store.list("log/", null, 10))
                .withMessageContaining("list s3://bucket/cluster-a/log/");
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void aTruncatedAnswerIsReadAgain() {
        answering(request -> server.requests().size() == 1
                ? new Reply.Truncated(OBJECT, "hel", 5)
                : new Reply.Answer(200, OBJECT, "hello"));

        assertThat(store.get("log/1").orElseThrow().body()).asString().isEqualTo("hello");
    }

    @Test
    void aBrokenStreamGoesOnWhereItBroke() throws IOException {
        answering(request -> {
            int start = Optional.ofNullable(request.headers().get("range"))
                    .map(range -> Integer.parseInt(range.replaceAll("\\D", "")))
                    .orElse(0);
            String rest = "hello world".substring(start);
            return rest.length() > 3
                    ? new Reply.Truncated(OBJECT, rest.substring(0, 3), rest.length())
                    : new Reply.Answer(206, OBJECT, rest);
        });

        try (InputStream stream = store.open("snapshots/1")) {
            assertThat(stream.readAllBytes()).asString().isEqualTo("hello world");
        }
        assertThat(server.requests().getLast().headers())
                .containsEntry("range", "bytes=9-")
                .containsEntry("if-match", "\"v1\"");
    }

    @Test
    void aStreamOfAReplacedObjectEnds() throws IOException {
        answering(request -> server.requests().size() == 1
                ? new Reply.Truncated(OBJECT, "hel", 5)
                : s3Error(412, "PreconditionFailed", Map.of()));

        try (InputStream stream = store.open("snapshots/1")) {
            IOException fault = catchThrowableOfType(IOException.class, stream::readAllBytes);
            assertThat(fault).hasMessageContaining("replaced while it was read");
        }
    }

    @Test
    void aListOutOfOrderIsRefused() {
        answering(request -> new Reply.Answer(
                200,
                Map.of("Content-Type", "application/xml"),
                "<ListBucketResult><IsTruncated>false</IsTruncated>" + listed("log/2") + listed("log/1")
                        + "</ListBucketResult>"));

        assertThatExceptionOfType(ObjectStoreException.Refused.class)
                .isThrownBy(() -> store.list("log/", null, 10))
                .withMessageContaining("\"log/1\" is listed after \"log/2\"");
    }

    private static String listed(String key) {
        return "<Contents><Key>cluster-a/" + key
                + "</Key><Size>1</Size><LastModified>2026-11-23T02:31:28Z</LastModified></Contents>";
    }

    @Test
    void storageClassAndEncryptionGoWithEveryWrite() {
        answering(request -> new Reply.Answer(200, OBJECT, ""));
        store.close();
        store = open(
                server.endpoint(),
                new S3Settings.Writes("STANDARD_IA", new S3Settings.Encryption.ManagedByKms("alias/netsy")));

        put("log/1");
        swap("term.json");

        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.headers())
                        .containsEntry("x-amz-storage-class", "STANDARD_IA")
                        .containsEntry("x-amz-server-side-encryption", "aws:kms")
                        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "alias/netsy"));
    }

    @Test
    void aWriteIsOnePlainRequestWithItsChecksum() {
        answering(request -> new Reply.Answer(200, OBJECT, ""));

        put("log/1");

        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.body()).isEqualTo("123456789");
            assertThat(request.headers())
                    .containsEntry("x-amz-checksum-crc32c", "4waSgw==")
                    .doesNotContainKeys("expect", "content-encoding", "x-amz-trailer", "transfer-encoding");
        });
    }

    @Test
    void anInterruptEndsTheCallAndStaysSet() throws Exception {
        answering(request -> new Reply.Hang());
        List<Object> seen = new CopyOnWriteArrayList<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            seen.add(catchThrowableOfType(ObjectStoreException.class, () -> put("log/1")));
            seen.add(Thread.currentThread().isInterrupted());
        });
        while (server.requests().isEmpty()) {
            Thread.onSpinWait();
        }

        caller.interrupt();
        caller.join();

        assertThat(seen.get(0)).isInstanceOf(ObjectStoreException.OutcomeUnknown.class);
        assertThat(seen.get(1)).isEqualTo(true);
    }

    private PutOutcome put(String key) {
        return store.putIfAbsent(
                key, ByteBuffer.wrap("1234".getBytes(UTF_8)), ByteBuffer.wrap("56789".getBytes(UTF_8)));
    }

    private SwapOutcome swap(String key) {
        return store.putIfMatch(key, new ObjectVersion("\"v0\""), new byte[] {1});
    }
}
