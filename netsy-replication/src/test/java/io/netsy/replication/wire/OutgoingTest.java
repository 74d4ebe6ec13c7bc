package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames leave in the array that they were sealed in. */
class OutgoingTest {
    @Test
    void theBytesOfAFrameAreWrittenFromItsArray() throws Exception {
        PeerMessage.Send send = Messages.frame(200_000);
        byte[] sealed = arrayOf(send.frame());
        EmbeddedChannel channel = new EmbeddedChannel();
        ChannelStream stream = new ChannelStream(channel.eventLoop(), "test", _ -> {});
        stream.open(channel);
        stream.send(send);
        assertThat(stream.unsentBytes()).isEqualTo(13 + sealed.length);
        while (stream.unsentBytes() > 0) {
            stream.wake();
            channel.runPendingTasks();
        }

        List<ByteBuf> written = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            written.add(next);
        }
        assertThat(written.getFirst().readableBytes()).isEqualTo(13);
        assertThat(written.stream().mapToInt(ByteBuf::readableBytes).sum()).isEqualTo(13 + sealed.length);
        int offset = 0;
        for (ByteBuf slice : written.subList(1, written.size())) {
            sealed[offset] ^= 0x55;
            assertThat(slice.getByte(slice.readerIndex())).isEqualTo(sealed[offset]);
            offset += slice.readableBytes();
        }
    }

    private static byte[] arrayOf(Frame frame) throws ReflectiveOperationException {
        Field bytes = Frame.class.getDeclaredField("bytes");
        bytes.setAccessible(true);
        return (byte[]) bytes.get(frame);
    }
}
