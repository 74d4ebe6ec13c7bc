package io.netsy.node.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators may write as a store, and what they are told otherwise. */
final class StoreUriTest {

    @ParameterizedTest
    @CsvSource({"file:/var/lib/netsy", "file:///var/lib/netsy", "FILE:/var/lib/netsy/", "file:/var/lib/x/../netsy"})
    void aFolder(String text) {
        assertThat(StoreUri.parse(text)).isEqualTo(new StoreUri.FileUri(Path.of("/var/lib/netsy")));
    }

    @Test
    void aRelativeFolderIsMadeAbsolute() {
        assertThat(StoreUri.parse("file:store"))
                .hasToString("file:" + Path.of("store").toAbsolutePath());
    }

    @ParameterizedTest
    @CsvSource({
        "s3://my-bucket, my-bucket, ''",
        "s3://my-bucket/, my-bucket, ''",
        "s3://my.bucket/a, my.bucket, a/",
        "S3://my-bucket/a/b/, my-bucket, a/b/",
        "' s3://my-bucket/a ', my-bucket, a/"
    })
    void aBucket(String text, String bucket, String keyPrefix) {
        assertThat(StoreUri.parse(text)).isInstanceOfSatisfying(StoreUri.S3Uri.class, uri -> {
            assertThat(uri.bucket()).isEqualTo(bucket);
            assertThat(uri.keyPrefix()).isEqualTo(keyPrefix);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                         | it is empty
            /var/lib/netsy             | did you mean file:/var/lib/netsy?
            bucket/prefix              | did you mean file:
            file:                      | the folder is missing
            file://                    | a host in a file URI
            file://host/dir            | a host in a file URI
            s3:bucket                  | two slashes come after s3:
            s3:/bucket/prefix          | two slashes come after s3:
            s3://                      | the bucket is missing
            s3:///prefix               | the bucket is missing
            s3://b                     | no bucket name
            s3://my_bucket_/a          | no bucket name
            s3://bucket/a?region=x     | --s3-region
            s3://bucket//a             | empty segment
            s3://bucket/a b            | character 2
            s3://bucket--usw2-az1--x-s3/a | directory bucket
            https://s3.example.com/b   | --s3-endpoint
            gs://bucket/prefix         | neither file nor s3
            """)
    void anythingElseIsExplained(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoreUri.parse(text))
                .withMessageContaining(reason);
    }
}
