package io.netsy.etcd.server;

import io.netsy.etcd.load.ClientLoad;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.server.web.HttpConnection;
import io.netsy.etcd.server.web.HttpHandler;
import io.netsy.etcd.server.web.HttpLimits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;

/** A listener that speaks HTTP/1.1 alone, in plaintext: for metrics and health. */
final class HttpListener {
    private final Channel listening;
    private final ChannelGroup connections;

    private HttpListener(Channel listening, ChannelGroup connections) {
        this.listening = listening;
        this.connections = connections;
    }

    static HttpListener open(
            InetSocketAddress address,
            EventLoopGroup eventLoops,
            HttpHandler handler,
            HttpLimits limits,
            ClientLoad clients)
            throws ServerStartException {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        ConnectionLoad load = ClientConnection.loadOf(channel, clients);
                        channel.pipeline().addLast(new HttpLoad(load));
                        HttpConnection.install(channel.pipeline(), handler, limits, load);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw BindFailure.explain("metrics", address, bound.cause());
        }
        return new HttpListener(bound.channel(), connections);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    void close() {
        listening.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
    }
}
