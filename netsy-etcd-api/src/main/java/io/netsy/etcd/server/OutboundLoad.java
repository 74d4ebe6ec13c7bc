package io.netsy.etcd.server;

import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.load.Costs;
import io.netsy.etcd.load.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** Accounts for what was written to a connection until its client takes it: a client that reads nothing pays for that. */
final class OutboundLoad extends ChannelOutboundHandlerAdapter {
    private final ConnectionLoad load;

    OutboundLoad(ConnectionLoad load) {
        this.load = load;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        long bytes = sizeOf(message);
        load.add(Resource.HEAP, Costs.WRITE);
        load.add(Resource.DIRECT, bytes);
        ChannelPromise taken = promise.unvoid();
        taken.addListener(_ -> {
            load.add(Resource.HEAP, -Costs.WRITE);
            load.add(Resource.DIRECT, -bytes);
        });
        var _ = context.write(message, taken);
    }

    private static long sizeOf(Object message) {
        return switch (message) {
            case ByteBuf buffer -> buffer.readableBytes();
            case ByteBufHolder holder -> holder.content().readableBytes();
            default -> 0;
        };
    }
}
