package io.identities.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Stands before the decoder of a connection to the backend and sees to it that nothing which a backend sends beyond the
 * end of an answer is ever read as the answer to somebody else's request: such a connection carries no other one. Event-loop
 * bound.
 */
final class ResponseBytesHandler extends ChannelInboundHandlerAdapter {

    static final String NAME = "identities.responseBytes";

    /** Mean nothing between two answers, but end whatever line or head a decoder is waiting for the rest of. */
    private static final ByteBuf EMPTY_LINES =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer("\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                    .asReadOnly());

    private final CallProgress progress;
    private final ResponseReader reader;

    /** Whether the decoder may hold bytes of an earlier read, and so takes this one as a copy. */
    private boolean unsure;

    /** Whether there was more in this read than the answer. */
    private boolean leftOver;

    ResponseBytesHandler(CallProgress progress, ResponseReader reader) {
        this.progress = progress;
        this.reader = reader;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end of the connection is told as such
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
            // TLS makes several of one read: what comes in the same breath was not asked for by the next request.
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

    /** Whether bytes are left over behind the end of an answer. */
    private boolean decode(ChannelHandlerContext ctx, ByteBuf in) {
        unsure |= !in.isContiguous();
        // A decoder that holds nothing works on this very buffer, so what it has not taken can be seen here.
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
