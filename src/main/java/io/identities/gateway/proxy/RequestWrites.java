package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is written of a request to the backend. One that answers early and closes makes writing fail before its answer is
 * read: what remains of the body is then thrown away, and the answer, if there is one, still delivered. Event-loop bound.
 */
final class RequestWrites {

    private final CallProgress progress;
    private final Consumer<ChannelHandlerContext> read;
    private final BiConsumer<ChannelHandlerContext, Throwable> fail;
    private @Nullable FullHttpRequest substitute;

    /**
     * @param read asks for more of what the backend has sent
     * @param fail ends the call and the connection
     */
    RequestWrites(
            CallProgress progress,
            Consumer<ChannelHandlerContext> read,
            BiConsumer<ChannelHandlerContext, Throwable> fail) {
        this.progress = progress;
        this.read = read;
        this.fail = fail;
    }

    /**
     * Has {@code request} written in place of the one that {@code write} writes: the client's operations, which keep the
     * account of the call, let nobody else say where it goes, and do not ask whether it could be written.
     */
    void substituteNext(FullHttpRequest request, Runnable write) {
        substitute = request;
        try {
            write.run();
        } finally {
            substitute = null;
        }
    }

    /** What is to be written for {@code msg}. */
    Object substituteFor(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        FullHttpRequest request = substitute;
        if (request == null) {
            return msg;
        }
        substitute = null;
        ReferenceCountUtil.release(msg);
        promise.addListener(written -> {
            // Where the connection has ended, that is told as such.
            if (!written.isSuccess() && ctx.channel().isActive()) {
                fail.accept(ctx, written.cause());
            }
        });
        return request;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the future
    void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (progress.hasWriteFailed()) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess();
            return;
        }
        progress.moved();
        boolean wholeRequest = msg instanceof HttpRequest && msg instanceof LastHttpContent;
        if (msg instanceof LastHttpContent) {
            progress.requestSent();
        }
        progress.watch(ctx.executor());
        ctx.write(msg, wholeRequest ? promise : evenIfItFails(ctx, promise));
    }

    private ChannelPromise evenIfItFails(ChannelHandlerContext ctx, ChannelPromise promise) {
        ChannelPromise ours = ctx.newPromise();
        ours.addListener(written -> {
            if (!written.isSuccess() && !progress.hasWriteFailed()) {
                progress.writeFailed();
                read.accept(ctx);
            }
            progress.moved();
            promise.trySuccess();
        });
        return ours;
    }
}
