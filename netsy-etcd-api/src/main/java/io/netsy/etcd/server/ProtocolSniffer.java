package io.netsy.etcd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads a connection's first bytes: the preface of HTTP/2 (RFC 9113, section 3.4) means gRPC, anything else HTTP/1.1,
 * whose decoder refuses what is neither; unless the listener serves another protocol too and these are its first bytes.
 */
final class ProtocolSniffer extends ByteToMessageDecoder {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final PortNegotiator.Protocols protocols;

    ProtocolSniffer(PortNegotiator.Protocols protocols) {
        this.protocols = protocols;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        protocols.opened(context.channel());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> output) {
        OtherProtocol other = protocols.other();
        if (other != null) {
            if (input.readableBytes() < other.tellingBytes()) {
                return;
            }
            if (other.isSpoken(input)) {
                protocols.speakOther(context, other);
                return;
            }
        }
        int known = Math.min(input.readableBytes(), PREFACE.length);
        for (int i = 0; i < known; i++) {
            if (input.getByte(input.readerIndex() + i) != PREFACE[i]) {
                protocols.speakHttp(context);
                return;
            }
        }
        if (known == PREFACE.length) {
            protocols.speakGrpc(context);
        }
    }
}
