package io.identities.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Placed before the decoder of a backend connection. Ensures that bytes beyond the end of a response are never read as
 * the response to another client's request: such a connection is not reused. Event-loop bound.
 */
final class ResponseBytesHandler extends ChannelInboundHandlerAdapter {

    static final String NAME = "identities.responseBytes";

    /** Meaningless between two responses, but they complete a line or head of which the decoder has only a part. */
    private static final ByteBuf EMPTY_LINES =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer("\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                    .asReadOnly());

    private final CallProgress progress;
    private final ResponseReader reader;

    /** Whether the decoder may hold bytes of an earlier read, and therefore copies this one. */
    private boolean unsure;

    /** Whether this read contained more than the response. */
    private boolean leftOver;

    ResponseBytesHandler(CallProgress progress, ResponseReader reader) {
        this.progress = progress;
        this.reader = reader;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The close is reported by the channel itself.
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf in) || progress.isSwitched()) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (progress.isIdle()) {
            in.release();
            ctx.close();
            return;
        }
        if (reader.hasEnd()) {
            // TLS turns one read into several: bytes of the same read cannot belong to the next request.
            leftOver = true;
            in.release();
            return;
        }
        reader.readBegins();
        leftOver = decode(ctx, in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readEnds();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        readEnds();
        ctx.fireChannelInactive();
    }

    private void readEnds() {
        boolean more = leftOver;
        leftOver = false;
        reader.readEnds(more);
    }

    /** Whether bytes are left after the end of a response. */
    private boolean decode(ChannelHandlerContext ctx, ByteBuf in) {
        unsure |= !in.isContiguous();
        // A decoder without accumulated bytes works on this very buffer, so what it has not consumed is visible here.
        in.retain();
        try {
            ctx.fireChannelRead(in);
            boolean rest = in.isReadable();
            if (!reader.hasEnd()) {
                unsure |= rest;
                return false;
            }
            if (unsure) {
                unsure = false;
                ctx.fireChannelRead(EMPTY_LINES.duplicate());
            }
            return rest;
        } finally {
            in.release();
        }
    }
}
