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
 * What is read of the answers on one connection to the backend: interim ones are passed over, and each is passed on with
 * its head and its end where they belong. Event-loop bound.
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

    /** @param ctx from which the answers are passed on */
    void passFrom(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** What comes from now on answers {@code request}. */
    void expectAnswerTo(HttpRequest request) {
        end.nextRequest();
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    }

    /** The call has failed: what is still decoded is dropped. */
    void abandon() {
        abandoned = true;
    }

    /** Whether the bytes that are being decoded hold the end of the answer. */
    boolean hasEnd() {
        return end.isReached();
    }

    /** Whether any byte has come back since the last request was written. */
    boolean hasHeard() {
        return end.hasHeard();
    }

    /** Whether the last head came without anything of its body. */
    boolean isHeadAhead() {
        return head.isAhead();
    }

    /** Whether the call goes on without a word from the backend so far. */
    boolean awaitsFirstByte() {
        return !abandoned && !progress.isIdle() && !end.hasHeard();
    }

    void readBegins() {
        end.readBegins();
    }

    /**
     * The bytes of one read, be it one record of TLS or many, are decoded.
     *
     * @param leftOver whether there are more of them than the answer has
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
            // A request that waits would be written before an end of the connection that came with the answer is seen.
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
            // Half a head, which the close has made the decoder give up: not a second fault.
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
            // What the decoder has read behind the 101 comes out of it now, as bytes.
            ctx.pipeline().remove(NettyPipeline.HttpCodec);
        } else if (!end.hold(last)) {
            finishWithTheConnection(ctx, last);
        }
    }

    /** What cannot be decoded behind the end of an answer is not the answer's fault. */
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
            // No movement: a backend may send these for as long as it likes.
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
