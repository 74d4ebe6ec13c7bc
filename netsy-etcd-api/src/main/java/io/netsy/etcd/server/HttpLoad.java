package io.netsy.etcd.server;

import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.load.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;

/**
 * Accounts for what an HTTP/1.1 connection holds: what it sent of a request until the answer begins, and of answers what
 * its client has not taken.
 */
final class HttpLoad extends CombinedChannelDuplexHandler<HttpLoad.Inbound, OutboundLoad> {
    HttpLoad(ConnectionLoad load) {
        super(new Inbound(load), new OutboundLoad(load));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        inboundHandler().answerBegan();
        super.write(context, message, promise);
    }

    /** The side of requests. */
    static final class Inbound extends ChannelInboundHandlerAdapter {
        private final ConnectionLoad load;
        private long receivedBytes;

        Inbound(ConnectionLoad load) {
            this.load = load;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            long bytes = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
            receivedBytes += bytes;
            load.add(Resource.DIRECT, bytes);
            context.fireChannelRead(message);
        }

        private void answerBegan() {
            load.add(Resource.DIRECT, -receivedBytes);
            receivedBytes = 0;
        }
    }
}
