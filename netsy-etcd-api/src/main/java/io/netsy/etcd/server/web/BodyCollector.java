package io.netsy.etcd.server.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Predicate;

/**
 * Puts a request and its body together; one with too large a body is answered and its connection closed at once.
 * Requests that are handled in pieces pass as they are.
 */
final class BodyCollector extends HttpObjectAggregator {
    private final Predicate<HttpRequest> takenInPieces;
    private boolean passing;

    BodyCollector(int maxBodyBytes, Predicate<HttpRequest> takenInPieces) {
        super(maxBodyBytes, true);
        this.takenInPieces = takenInPieces;
    }

    @Override
    public boolean acceptInboundMessage(Object message) throws Exception {
        if (message instanceof HttpRequest request) {
            passing = request.decoderResult().isSuccess() && takenInPieces.test(request);
        }
        if (!passing) {
            return super.acceptInboundMessage(message);
        }
        passing = !(message instanceof LastHttpContent);
        return false;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, 0)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
