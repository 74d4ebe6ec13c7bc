package io.netsy.etcd.server;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.load.Costs;
import io.netsy.etcd.load.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Accounts for what an HTTP/2 connection's input holds: streams, the bytes of a frame or of headers that are not all
 * there yet, and data that no call has taken.
 *
 * <p>Stands before gRPC's handler. All methods run on the connection's event loop.
 */
final class Http2Load extends ChannelInboundHandlerAdapter {
    private final ConnectionLoad load;
    private final Http2Connection connection;
    private final Http2LocalFlowController flow;

    /** Whether a frame was completed by the bytes that are being read. */
    private boolean framed;

    private long unframedBytes;
    private long untakenBytes;
    private long untakenPieces;

    private Http2Load(GrpcHttp2ConnectionHandler grpc, ConnectionLoad load) {
        this.load = load;
        this.connection = grpc.connection();
        this.flow = grpc.decoder().flowController();
    }

    /** A handler to be put before gRPC's, which it has begun to listen to. */
    static Http2Load of(GrpcHttp2ConnectionHandler grpc, ConnectionLoad load) {
        Http2Load handler = new Http2Load(grpc, load);
        grpc.connection().addListener(handler.new Streams());
        grpc.decoder().frameListener(handler.new Frames(grpc.decoder().frameListener()));
        return handler;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        long bytes = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        framed = false;
        context.fireChannelRead(message);
        setUnframed(framed ? 0 : unframedBytes + bytes);
        account();
    }

    private void setUnframed(long bytes) {
        load.add(Resource.DIRECT, bytes - unframedBytes);
        unframedBytes = bytes;
    }

    /** Brings the account of untaken data up to date. */
    private void account() {
        long bytes = flow.unconsumedBytes(connection.connectionStream());
        load.add(Resource.DIRECT, bytes - untakenBytes);
        untakenBytes = bytes;
        if (bytes == 0 && untakenPieces > 0) {
            load.add(Resource.HEAP, -untakenPieces * Costs.PIECE);
            untakenPieces = 0;
        }
    }

    private final class Streams extends Http2ConnectionAdapter {
        @Override
        public void onStreamActive(Http2Stream stream) {
            load.callBegan();
            load.add(Resource.HEAP, Costs.CALL);
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            load.add(Resource.HEAP, -Costs.CALL);
            load.callEnded();
        }
    }

    /** Hears of each frame before gRPC does. */
    private final class Frames extends Http2FrameListenerDecorator {
        Frames(Http2FrameListener grpc) {
            super(grpc);
        }

        /** Data without bytes says nothing unless it ends the stream; gRPC would keep it until the next message. */
        @Override
        public int onDataRead(
                ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
                throws Http2Exception {
            framed = true;
            if (!data.isReadable() && !endOfStream) {
                return padding;
            }
            untakenPieces++;
            load.add(Resource.HEAP, Costs.PIECE);
            int processed = super.onDataRead(context, streamId, data, padding, endOfStream);
            account();
            return processed;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endOfStream)
                throws Http2Exception {
            framed = true;
            super.onHeadersRead(context, streamId, headers, padding, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int streamId,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream)
                throws Http2Exception {
            framed = true;
            super.onHeadersRead(context, streamId, headers, dependency, weight, exclusive, padding, endOfStream);
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext context, int streamId, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            framed = true;
            super.onPriorityRead(context, streamId, dependency, weight, exclusive);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) throws Http2Exception {
            framed = true;
            super.onRstStreamRead(context, streamId, errorCode);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
            framed = true;
            super.onSettingsRead(context, settings);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
            framed = true;
            super.onSettingsAckRead(context);
        }

        @Override
        public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
            framed = true;
            super.onPingRead(context, data);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
            framed = true;
            super.onPingAckRead(context, data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment)
                throws Http2Exception {
            framed = true;
            super.onWindowUpdateRead(context, streamId, increment);
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext context, byte type, int streamId, Http2Flags flags, ByteBuf payload)
                throws Http2Exception {
            framed = true;
            super.onUnknownFrame(context, type, streamId, flags, payload);
        }
    }
}
