package io.netsy.etcd.server;

import io.netsy.etcd.server.tls.ListenerTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a connection until its TLS handshake is done, then lets it on by the protocol that ALPN chose. */
final class TlsGate extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsGate.class);

    private final ListenerTls tls;
    private final PortNegotiator.Protocols protocols;

    TlsGate(ListenerTls tls, PortNegotiator.Protocols protocols) {
        this.tls = tls;
        this.protocols = protocols;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        protocols.opened(context.channel());
        SslHandler handshake = tls.context().newHandler(context.alloc());
        context.pipeline().addBefore(context.name(), null, handshake);
        OtherProtocol other = protocols.other();
        if (other != null) {
            other.prepare(context.pipeline());
            beginHandshake(context);
        }
    }

    /** Without it whoever speaks no TLS is left without an alert, which tells him why the connection ends. */
    private static void beginHandshake(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                proceed(context);
            } else {
                refused(context, handshake.cause());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** A failed handshake is reported by the event; what else goes wrong ends the connection as quietly. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug(
                "closing a TLS connection peer={} reason={}", context.channel().remoteAddress(), cause.toString());
        var _ = context.close();
    }

    private void proceed(ChannelHandlerContext context) {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        String protocol = ssl.applicationProtocol();
        if (protocol == null) {
            var _ = context.pipeline().replace(this, null, new ProtocolSniffer(protocols));
        } else if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            protocols.speakGrpc(context);
        } else {
            protocols.speakHttp(context);
        }
    }

    private void refused(ChannelHandlerContext context, Throwable cause) {
        OtherProtocol other = protocols.other();
        if (other == null) {
            LOG.info("TLS handshake failed peer={} reason={}", context.channel().remoteAddress(), cause.getMessage());
        } else {
            other.refused(context.channel().remoteAddress(), cause);
        }
        var _ = context.close();
    }
}
