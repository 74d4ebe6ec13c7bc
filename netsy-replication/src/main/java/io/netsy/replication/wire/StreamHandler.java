package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a stream's channel: decodes, hands on, and ends the stream, once and with one line in the log, unless
 * that would only say again why this peer gets no stream.
 *
 * <p>Everything runs on the event loop of the stream.
 */
final class StreamHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);

    /** How a stream ends. */
    private enum Ending {
        /** Something on this side closed it. */
        WANTED,
        /** The other side said what it may not say, or nothing. */
        REFUSED,
        /** The other side said bye. */
        DISMISSED,
        /** The connection, or this side's own code, failed. */
        BROKEN
    }

    private final ChannelStream stream;
    private final StreamDecoder decoder;
    private final Side side;
    private final WireSettings settings;
    private final News.Of news;
    private @Nullable Channel channel;
    private boolean opened;
    private boolean ended;

    StreamHandler(EventLoop loop, String remote, Side side, WireSettings settings, News.Of news) {
        this.stream = new ChannelStream(loop, remote, reason -> end(Ending.WANTED, reason));
        this.decoder = new StreamDecoder(side.firstPhase());
        this.side = side;
        this.settings = settings;
        this.news = news;
    }

    ChannelStream stream() {
        return stream;
    }

    /** There is no connection and there will be none. */
    void failed(String reason) {
        end(Ending.BROKEN, reason);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        if (ended) {
            var _ = context.close();
        } else if (context.channel().isActive()) {
            open(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        open(context);
    }

    private void open(ChannelHandlerContext context) {
        if (!opened && !ended) {
            opened = true;
            stream.open(context.channel());
            long millis = settings.handshakeTimeout().toMillis();
            var _ = context.executor().schedule(this::checkGreeted, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void checkGreeted() {
        switch (decoder.phase()) {
            case PREAMBLE, HELLO ->
                end(
                        Ending.REFUSED,
                        "no hello within " + settings.handshakeTimeout().toMillis() + " ms");
            case STANDBY, BEGIN, PRIMARY -> {}
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            for (PeerMessage next = next(in); next != null; next = next(in)) {
                take(next);
            }
        } catch (WireException refused) {
            end(Ending.REFUSED, refused.reason());
        } finally {
            in.release();
        }
    }

    private @Nullable PeerMessage next(ByteBuf in) throws WireException {
        return ended || stream.isEnding() ? null : decoder.next(in);
    }

    private void take(PeerMessage message) throws WireException {
        if (message instanceof PeerMessage.Bye bye) {
            end(Ending.DISMISSED, "the other side ended the stream: " + bye.reason());
        } else {
            if (message instanceof PeerMessage.Begin) {
                stream.begin();
            }
            side.received(stream, message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            end(Ending.REFUSED, "nothing came for " + settings.idleTimeout().toMillis() + " ms");
        } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            end(Ending.BROKEN, describeHandshake(handshake.cause()));
        }
    }

    static String describeHandshake(Throwable cause) {
        return cause instanceof ClosedChannelException
                ? "TLS failed: the connection was closed in the handshake; does the other side speak TLS?"
                : describe(cause);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            stream.wake();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(Ending.BROKEN, "the connection was closed without a reason");
        stream.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!ended && !(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("handling a peer's message failed peer={} id={}", stream.remote(), stream.id(), cause);
        }
        end(Ending.BROKEN, describe(cause));
    }

    private static String describe(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        return switch (root) {
            case ClosedChannelException _ -> "the connection was closed without a reason";
            case NotSslRecordException _ -> "TLS failed: not an SSL/TLS record; does the other side speak TLS?";
            case SSLException _ -> "TLS failed: " + text;
            case IOException _ -> "the connection failed: " + text;
            default -> "this node failed: " + text;
        };
    }

    private void end(Ending ending, String reason) {
        if (ended) {
            return;
        }
        ended = true;
        String line = WireText.oneLine(reason);
        logEnd(ending, line);
        try {
            side.closed(stream, line);
        } catch (RuntimeException failure) {
            LOG.error("handling the end of a stream failed peer={} id={}", stream.remote(), stream.id(), failure);
        }
        leave(ending, line);
    }

    private void logEnd(Ending ending, String reason) {
        if (!isNews(reason)) {
            LOG.debug("peer stream ended as before peer={} id={} reason={}", stream.remote(), stream.id(), reason);
            return;
        }
        switch (ending) {
            case DISMISSED -> logDismissed(reason);
            case WANTED -> logClosed(reason);
            case REFUSED -> LOG.warn("peer refused peer={} id={} reason={}", stream.remote(), stream.id(), reason);
            case BROKEN -> LOG.warn("peer stream failed peer={} id={} reason={}", stream.remote(), stream.id(), reason);
        }
    }

    private void logDismissed(String reason) {
        if (stream.hasBegun()) {
            logClosed(reason);
        } else {
            LOG.warn("peer refused this node peer={} id={} reason={}", stream.remote(), stream.id(), reason);
        }
    }

    private void logClosed(String reason) {
        LOG.info("peer stream closed peer={} id={} reason={}", stream.remote(), stream.id(), reason);
    }

    private boolean isNews(String reason) {
        if (stream.hasBegun()) {
            news.forget();
            return true;
        }
        return news.isNew(reason);
    }

    /** A farewell is said to peers only: whoever did not say the magic would not understand it. */
    private void leave(Ending ending, String reason) {
        Channel open = channel;
        if (open == null || !opened || ending == Ending.DISMISSED || decoder.phase() == Phase.PREAMBLE) {
            stream.gone();
            if (open != null) {
                var _ = open.close();
            }
        } else {
            stream.finish(MessageWriter.encode(new PeerMessage.Bye(reason)));
        }
    }
}
