package io.netsy.etcd.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.netsy.replication.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteStringsTest {
    private static final byte[] TEXT = "0123456789".repeat(100).getBytes(StandardCharsets.US_ASCII);

    @Test
    void wholeArraysAreSharedBothWays() {
        Bytes bytes = ByteStrings.toBytes(UnsafeByteOperations.unsafeWrap(TEXT));

        assertThat(bytes.array()).isSameAs(TEXT);
        assertThat(ByteStrings.toBytes(ByteStrings.toByteString(bytes)).array()).isSameAs(TEXT);
    }

    @Test
    void partsAndPiecesAreCopied() {
        ByteString whole = ByteString.copyFrom(TEXT);

        assertThat(ByteStrings.toBytes(whole.substring(3, 500)).array())
                .isEqualTo(whole.substring(3, 500).toByteArray());
        assertThat(ByteStrings.toBytes(whole.concat(whole)).array())
                .isEqualTo(whole.concat(whole).toByteArray());
        assertThat(ByteStrings.toBytes(whole.substring(0, 500).concat(whole)).array())
                .isEqualTo(whole.substring(0, 500).concat(whole).toByteArray());
        assertThat(ByteStrings.toBytes(UnsafeByteOperations.unsafeWrap(
                                ByteBuffer.wrap(TEXT).asReadOnlyBuffer()))
                        .array())
                .isEqualTo(TEXT);
    }

    @Test
    void nothingIsTheOneEmptySequence() {
        assertThat(ByteStrings.toBytes(ByteString.EMPTY)).isSameAs(Bytes.EMPTY);
    }
}
