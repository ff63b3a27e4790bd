package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.ProtocolException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * Reads the responses on one connection to the backend: skips interim ones, and passes on each final one with its head
 * and its end in place. Event-loop bound.
 */
final class ResponseReader {

    private final CallProgress progress;
    private final ConnectionUse use;
    private final BooleanSupplier awaited;
    private final BiConsumer<ChannelHandlerContext, Throwable> fail;
    private final ResponseHead head = new ResponseHead();
    private final ResponseEnd end = new ResponseEnd();

    private @Nullable ChannelHandlerContext context;
    private boolean upgrade;
    private boolean interim;
    private boolean abandoned;

    /**
     * @param awaited whether a request may be waiting for this connection
     * @param fail ends the call and the connection
     */
    ResponseReader(
            CallProgress progress,
            ConnectionUse use,
            BooleanSupplier awaited,
            BiConsumer<ChannelHandlerContext, Throwable> fail) {
        this.progress = progress;
        this.use = use;
        this.awaited = awaited;
        this.fail = fail;
    }

    /** @param ctx the context from which responses are passed on */
    void passFrom(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** What is read from now on is the response to {@code request}. */
    void expectAnswerTo(HttpRequest request) {
        end.nextRequest();
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    }

    /** The call has failed: drops whatever is still decoded. */
    void abandon() {
        abandoned = true;
    }

    /** Whether the bytes being decoded contain the end of the response. */
    boolean hasEnd() {
        return end.isReached();
    }

    /** Whether any byte of a response has arrived since the last request was written. */
    boolean hasHeard() {
        return end.hasHeard();
    }

    /** Whether the last head arrived without any part of its body. */
    boolean isHeadAhead() {
        return head.isAhead();
    }

    /** Whether a call is in progress and no byte of its response has arrived. */
    boolean awaitsFirstByte() {
        return !abandoned && !progress.isIdle() && !end.hasHeard();
    }

    void readBegins() {
        end.readBegins();
    }

    /**
     * The bytes of one read, be it one TLS record or many, are decoded.
     *
     * @param leftOver whether bytes follow the end of the response
     */
    void readEnds(boolean leftOver) {
        end.readEnds();
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        head.pass(ctx, true);
        if (!end.isReached()) {
            return;
        }
        if (leftOver || end.hasStrays()) {
            Connection.from(ctx.channel()).markPersistent(false);
        }
        if (awaited.getAsBoolean() && ctx.channel().isActive()) {
            // Otherwise a waiting request is written before a close that arrived with the response is noticed.
            ctx.executor().execute(() -> finish(ctx, end.take()));
        } else {
            finish(ctx, end.take());
        }
    }

    /** @param message as the decoder has made it */
    void read(ChannelHandlerContext ctx, Object message) {
        if (end.isReached()) {
            end.stray(message);
            return;
        }
        if (abandoned) {
            // An incomplete head that the decoder gave up at the close is not a second fault.
            ReferenceCountUtil.release(message);
            return;
        }
        head.pass(ctx, false);
        if (interim && message instanceof LastHttpContent) {
            interim = false;
            ReferenceCountUtil.release(message);
            ctx.read();
            return;
        }
        if (message instanceof HttpResponse response && response.decoderResult().isSuccess()) {
            answer(ctx, response);
            return;
        }
        progress.received(ctx.channel().config().isAutoRead());
        if (!(message instanceof LastHttpContent last)) {
            ctx.fireChannelRead(message);
        } else if (progress.isSwitched()) {
            // Removing the decoder makes it pass on the bytes that it has read behind the 101.
            ctx.pipeline().remove(NettyPipeline.HttpCodec);
        } else if (!end.hold(last)) {
            finishWithTheConnection(ctx, last);
        }
    }

    /** A decoding failure behind the end of a response does not spoil the response. */
    void readFailed(ChannelHandlerContext ctx, Throwable cause) {
        if (end.isReached()) {
            end.stray(cause);
        } else if (!abandoned) {
            head.pass(ctx, false);
            ctx.fireExceptionCaught(cause);
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpResponse response) {
        int status = response.status().code();
        if (status == 101 && upgrade) {
            progress.switched();
            ctx.fireChannelRead(response);
            return;
        }
        String fault = ResponseFault.of(response);
        if (fault != null) {
            ReferenceCountUtil.release(response);
            fail.accept(ctx, new ProtocolException(fault));
        } else if (status < 200) {
            // Not progress: a backend may send interim responses for ever.
            interim = true;
            ReferenceCountUtil.release(response);
        } else {
            progress.received(ctx.channel().config().isAutoRead());
            progress.answered();
            head.hold(response);
        }
    }

    private void finish(ChannelHandlerContext ctx, @Nullable LastHttpContent last) {
        if (last == null) {
            return;
        }
        progress.finished();
        use.rests();
        ctx.fireChannelRead(last);
    }

    private void finishWithTheConnection(ChannelHandlerContext ctx, LastHttpContent last) {
        if (use.isEndMeant(ctx.pipeline())) {
            finish(ctx, last);
            return;
        }
        ReferenceCountUtil.release(last);
        fail.accept(
                ctx, new ProtocolException("The backend's connection ended within the answer, without a close_notify"));
    }
}
